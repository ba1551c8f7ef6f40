import { errorMonitor } from 'node:events';
import { ClientRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { attempt } from '../operations/attempt.js';
import { answered, beginRequest, valueOf, withoutQuery } from '../operations/http.js';
import { endOperation, failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { isReport, linked } from '../operations/other-tracers.js';
import { headersFor, joinResponse, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { isEngine, isOffered, MESSAGES_HEADER } from '../operations/websocket-header.js';
import { headerFor } from '../sockets/websocket-handshakes.js';
import type { Handlers } from './subscribe.js';

interface Created {
  readonly request: ClientRequest;
}
interface Answered extends Created {
  readonly response: IncomingMessage;
}

/** The channels of requests by `node:http` and `node:https`. `isPeer` tells which hosts get the id of the task. */
export function httpClientChannels(isPeer: (host: string) => boolean): Handlers {
  const running = new WeakMap<ClientRequest, Operation>();

  function finish(request: ClientRequest, outcome: (label: string) => Outcome): void {
    const begun = running.get(request);
    if (begun === undefined || !running.delete(request)) return;
    const header = request.getHeader('traceparent');
    const sent = typeof header === 'string' ? header : undefined;
    endOperation(begun, linked(outcome(begun.label), begun, sent));
  }

  function begin({ request }: Created): Operation | undefined {
    if (isReport(request)) return undefined;
    const { method, host } = request;
    const address = String(request.getHeader('host') ?? host);
    const begun = beginRequest(method, address, withoutQuery(request.path));
    running.set(request, begun);
    // Neither handles an error nor reads a body.
    request.on(errorMonitor, (error: unknown) => finish(request, () => failure(error)));
    request.once('close', () => {
      // After an upgrade, such as that of a WebSocket, nobody tells of an answer.
      const { res } = request as { readonly res?: IncomingMessage };
      finish(request, (label) =>
        res ? answered(label, res.statusCode ?? 0) : { status: 'cancelled' },
      );
    });
    return begun;
  }

  function addHeaders(request: ClientRequest, begun: Operation | undefined): void {
    if (begun === undefined || request.hasHeader('traceparent') || !isPeer(request.host)) return;
    if (request.headersSent) return addToHead(request, headersFor(begun));
    for (const [name, value] of headersFor(begun)) {
      if (!request.hasHeader(name)) request.setHeader(name, value);
    }
    if (isOffered(request)) request.setHeader(MESSAGES_HEADER, offerOf(request));
  }

  if (!hasCreatedChannel()) {
    beforeHead(ClientRequest.prototype, (request) => addHeaders(request, begin({ request })));
  }
  return {
    'http.client.request.created': (created: Created) => {
      const begun = begin(created);
      // Node writes the head at once if the headers are a list.
      if (created.request.headersSent) return addHeaders(created.request, begun);
      // Not at once: another tool that is told of the request later may have a header of its own.
      beforeHead(created.request, (request) => addHeaders(request, begun));
    },
    // Older versions call nothing before a head that they write at once: then it goes without our headers.
    'http.client.request.start': ({ request }: Created) => {
      if (!running.has(request)) begin({ request });
    },
    'http.client.response.finish': ({ request, response }: Answered) => {
      const begun = running.get(request);
      if (begun) joinResponse(begun, valueOf(response.headers[RESPONSE_HEADER]));
      finish(request, (label) => answered(label, response.statusCode ?? 0));
    },
  };
}

/** Returns what the request of a socket offers: of Socket.IO, or of the package ws. */
function offerOf(request: ClientRequest): string {
  return isEngine(request.path) ? '1' : headerFor('pongs', request.getHeader('sec-websocket-key'));
}

/** Returns true where Node tells of a request while headers can still be set: since 22.12 and 23.2. */
function hasCreatedChannel(
  [major = 0, minor = 0] = process.versions.node.split('.').map(Number),
): boolean {
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

/** A request whose head is written, and not sent yet (lib/_http_outgoing.js). */
interface Written {
  _header: string | null;
  readonly _headerSent: boolean;
}

/** What cannot end a line of a head. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Adds headers to a head that is written. One that the program has written stays alone. */
function addToHead(request: object, headers: readonly (readonly [string, string])[]): void {
  const written = request as Written;
  const { _header: head } = written;
  if (typeof head !== 'string' || written._headerSent || !head.endsWith('\r\n\r\n')) return;
  if (/^traceparent:/im.test(head)) return;
  const lines = headers
    .filter(([name, value]) => !new RegExp(`^${name}:`, 'im').test(head) && PLAIN.test(value))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  written._header = `${head.slice(0, -2)}${lines.join('')}\r\n`;
}

/** What Node calls before it writes the head of a request. */
interface WithImplicitHeader {
  _implicitHeader(this: ClientRequest): void;
}

/** Calls `then` before the head of a request, or of all requests, is written. */
function beforeHead(of: ClientRequest, then: (request: ClientRequest) => void): void {
  const { _implicitHeader: write } = of as ClientRequest & WithImplicitHeader;
  Object.defineProperty(of, '_implicitHeader', {
    value(this: ClientRequest) {
      attempt(() => then(this));
      write.call(this);
    },
    ...{ writable: true, configurable: true, enumerable: false },
  });
}
