import type { IncomingMessage, ServerResponse } from 'node:http';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { getLocal, setLocal } from '../faces/slots.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import {
  beginOperation,
  reportEnd,
  reportReserved,
  reserveEvent,
} from '../operations/operation-events.js';
import type { Operation, Outcome, ReservedEvent } from '../operations/operation-events.js';
import { routeOf } from '../operations/routes.js';
import {
  continueFromRequest,
  RESPONSE_HEADER,
  responseHeader,
} from '../operations/trace-headers.js';
import { isSameTask } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { valueOf, withoutQuery } from '../operations/http.js';
import type { Handlers } from './subscribe.js';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A request that is being served. Frameworks change its address while they look for the route. */
interface Served {
  readonly begun: Operation;
  readonly path: string;
  /** The event that the head of the answer tells of, until it is known whether it is the end. */
  head?: ReservedEvent | undefined;
}

// Read once, because a program may replace the global.
const { queueMicrotask: soon } = globalThis;

/** The channels of `node:http` servers (Node, "Diagnostics Channel", built-in channels). */
export function httpServerChannels(): Handlers {
  const running = new WeakMap<ServerResponse, Served>();

  function finish(exchange: Exchange, isSent: boolean): void {
    const served = running.get(exchange.response);
    if (served === undefined || !running.delete(exchange.response)) return;
    const event = served.head ?? reserveEvent(served.begun);
    reportEnd(event, outcomeOf(exchange, served.path, isSent));
  }

  /**
   * Returns the header that tells which event an answer comes after. It is the end if the program ends the answer before
   * anything else can run. Otherwise there is more to do, and the head is an event of its own.
   */
  function headerOf(exchange: Exchange): string | undefined {
    const { response } = exchange;
    const served = running.get(response);
    const isTold = response.headersSent || response.hasHeader(RESPONSE_HEADER);
    if (served === undefined || isTold) return undefined;
    const { begun } = served;
    const current = getLocal(client.traceSlot);
    const event = reserveEvent(begun);
    served.head = event;
    // A handler that has started a task of its own goes on in that.
    if (current && !isSameTask(current.taskId, begun.trace.taskId)) {
      setLocal(client.traceSlot, current);
    }
    soon(() => {
      if (response.writableEnded) return finish(exchange, true);
      served.head = undefined;
      reportReserved(event, `${begun.label} answers`);
    });
    return responseHeader(begun, event.id);
  }

  return {
    'http.server.request.start': (exchange: Exchange) => {
      const { request, response } = exchange;
      continueFromRequest((name) => valueOf(request.headers[name]));
      const path = withoutQuery(request.url);
      const begun = beginOperation(`${request.method} ${path}`, 'server', {
        'http.request.method': request.method,
        'url.path': path,
        'server.address': request.headers.host,
      });
      setLocal(client.traceSlot, begun.trace);
      running.set(response, { begun, path });
      // Other clients see no header that they have not asked for.
      if (request.headers['traceparent'] !== undefined) {
        addToHead(response, RESPONSE_HEADER, () => headerOf(exchange));
      } else if (request.headers['sec-fetch-dest'] === 'document') {
        // A browser sends no `traceparent` when it opens a page, and its page can read this.
        addToHead(response, 'server-timing', () => {
          const value = headerOf(exchange);
          return value && `traceparent;desc="${value}"`;
        });
      }
      // A client that goes away: then there is no finish. It comes after the finish otherwise.
      response.once('close', () => finish(exchange, false));
    },
    // In the context of the code that has ended the response, carried by the engine.
    'http.server.response.finish': (exchange: Exchange) => finish(exchange, true),
  };
}

function outcomeOf({ request, response }: Exchange, path: string, isSent: boolean): Outcome {
  const { statusCode } = response;
  const route = routeOf(request);
  return {
    status: isSent ? statusOf(statusCode) : 'cancelled',
    label: `${request.method} ${route ?? path} ${isSent ? statusCode : 'cancelled'}`,
    fields: {
      'http.route': route,
      'http.response.status_code': isSent ? statusCode : undefined,
      'error.type': isSent && statusCode >= 500 ? String(statusCode) : undefined,
    },
  };
}

/** Adds a header to the head of an answer, when it is written. */
function addToHead(response: ServerResponse, name: string, value: () => string | undefined): void {
  const write = (...args: unknown[]): unknown => {
    attempt(() => addHeader(response, args, name, value()));
    const { writeHead } = Object.getPrototypeOf(response) as { writeHead: AnyFunction };
    return Reflect.apply(writeHead, response, args as never[]);
  };
  Object.defineProperty(response, 'writeHead', {
    value: copyFunctionShape(write, response.writeHead as AnyFunction),
    ...{ writable: true, configurable: true },
  });
}

/** Adds a header to the arguments of `writeHead` if they have a list, whose repeated names Node keeps only in a list. */
function addHeader(
  response: ServerResponse,
  args: unknown[],
  name: string,
  value: string | undefined,
): void {
  if (value === undefined) return;
  const at = args.findIndex((one) => Array.isArray(one));
  if (at === -1) {
    // One that the program sets in the call itself replaces it.
    response.appendHeader(name, value);
    return;
  }
  const list = args[at] as readonly unknown[];
  const pair = [name, value];
  args[at] = [...list, ...(Array.isArray(list[0]) ? [pair] : pair)];
}

/** Servers answer with 4xx what their clients did wrong (OpenTelemetry, "HTTP server": status). */
function statusOf(code: number): 'ok' | 'error' {
  return code >= 500 ? 'error' : 'ok';
}
