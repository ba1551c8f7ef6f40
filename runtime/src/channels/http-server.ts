import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setLocal } from '../faces/slots.js';
import { client } from '../xtrace/log.js';
import { beginOperation, endOperation } from '../operations/operation-events.js';
import type { Operation } from '../operations/operation-events.js';
import { continueFromRequest } from '../operations/trace-headers.js';
import { withoutQuery } from './http.js';
import { routeOf } from '../operations/routes.js';
import type { Handlers } from './subscribe.js';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A request that is being served. Frameworks change its address while they look for the route. */
interface Served {
  readonly begun: Operation;
  readonly path: string;
}

/** The channels of `node:http` servers (Node, "Diagnostics Channel", built-in channels). */
export function httpServerChannels(): Handlers {
  const running = new WeakMap<ServerResponse, Served>();

  function finish({ request, response }: Exchange, isSent: boolean): void {
    const served = running.get(response);
    if (served === undefined || !running.delete(response)) return;
    const { statusCode } = response;
    const route = routeOf(request);
    endOperation(served.begun, {
      status: isSent ? statusOf(statusCode) : 'cancelled',
      label: `${request.method} ${route ?? served.path} ${isSent ? statusCode : 'cancelled'}`,
      fields: {
        'http.route': route,
        'http.response.status_code': isSent ? statusCode : undefined,
        'error.type': isSent && statusCode >= 500 ? String(statusCode) : undefined,
      },
    });
  }

  return {
    'http.server.request.start': (exchange: Exchange) => {
      const { request, response } = exchange;
      continueFromRequest((name) => headerOf(request.headers, name));
      const path = withoutQuery(request.url);
      const begun = beginOperation(`${request.method} ${path}`, 'server', {
        'http.request.method': request.method,
        'url.path': path,
        'server.address': request.headers.host,
      });
      setLocal(client.traceSlot, begun.trace);
      running.set(response, { begun, path });
      // A client that goes away: then there is no finish. It comes after the finish otherwise.
      response.once('close', () => finish(exchange, false));
    },
    // In the context of the code that has ended the response, carried by the engine.
    'http.server.response.finish': (exchange: Exchange) => finish(exchange, true),
  };
}

/** Servers answer with 4xx what their clients did wrong (OpenTelemetry, "HTTP server": status). */
function statusOf(code: number): 'ok' | 'error' {
  return code >= 500 ? 'error' : 'ok';
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join() : value;
}
