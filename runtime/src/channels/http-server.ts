import type { IncomingMessage, ServerResponse } from 'node:http';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { setCurrentFrame } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { servedOutcome, valueOf, withoutQuery } from '../operations/http.js';
import { beginOperation } from '../operations/operation-events.js';
import type { Outcome } from '../operations/operation-events.js';
import { privateField } from '../operations/private-field.js';
import { routeOf } from '../operations/routes.js';
import { Served } from '../operations/served.js';
import { frameOfRequest, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { client } from '../xtrace/log.js';
import { takeStreamOffer, tellSenders } from './event-streams.js';
import type { Handlers } from './subscribe.js';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The channels of `node:http` servers (Node, "Diagnostics Channel", built-in channels). */
export function httpServerChannels(): Handlers {
  const running = privateField<Served>();

  /** Returns the header that tells which event an answer comes after. */
  function headerOf({ response }: Exchange): string | undefined {
    const isTold = response.headersSent || response.hasHeader(RESPONSE_HEADER);
    return isTold ? undefined : running.of(response)?.header();
  }

  return {
    'http.server.request.start': (exchange: Exchange) => {
      const { request, response } = exchange;
      const { headers } = request;
      const offer = takeStreamOffer(request);
      const frame = frameOfRequest(
        (name) =>
          (name === 'traceparent' ? offer?.traceparent : undefined) ?? valueOf(headers[name]),
      );
      if (offer) tellSenders(response, offer.mark);
      const path = withoutQuery(request.url);
      const fields = {
        'http.request.method': request.method,
        'url.path': path,
        'server.address': request.headers.host,
      };
      // A listener is called in the context of the event.
      if (client.state.listener !== undefined) setCurrentFrame(frame);
      const begun = beginOperation(`${request.method} ${path}`, 'server', fields, frame);
      setCurrentFrame(frame.with(client.traceSlot, begun.trace));
      const served = new Served(
        begun,
        () => response.writableEnded,
        // Frameworks change the address while they look for the route.
        (isSent) => outcomeOf(exchange, path, isSent),
      );
      running.set(response, served);
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
      response.once('close', () => served.finish(false));
    },
    // In the context of the code that has ended the response, carried by the engine.
    'http.server.response.finish': ({ response }: Exchange) => running.of(response)?.finish(true),
  };
}

function outcomeOf({ request, response }: Exchange, path: string, isSent: boolean): Outcome {
  const route = routeOf(request);
  return servedOutcome(
    String(request.method),
    path,
    route,
    isSent ? response.statusCode : undefined,
  );
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
