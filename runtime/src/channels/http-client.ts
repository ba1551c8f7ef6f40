import { errorMonitor } from 'node:events';
import { ClientRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { attempt } from '../operations/attempt.js';
import { endOperation, failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { headersFor, joinResponse, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { answered, beginRequest, valueOf, withoutQuery } from './http.js';
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
    if (begun !== undefined && running.delete(request)) endOperation(begun, outcome(begun.label));
  }

  function begin({ request }: Created): void {
    const { method, host } = request;
    const address = String(request.getHeader('host') ?? host);
    const begun = beginRequest(method, address, withoutQuery(request.path));
    running.set(request, begun);
    if (!request.headersSent && !request.hasHeader('traceparent') && isPeer(host)) {
      for (const [name, value] of headersFor(begun)) request.setHeader(name, value);
    }
    // Neither handles an error nor reads a body.
    request.on(errorMonitor, (error: unknown) => finish(request, () => failure(error)));
    request.once('close', () => {
      // After an upgrade, such as that of a WebSocket, nobody tells of an answer.
      const { res } = request as { readonly res?: IncomingMessage };
      finish(request, (label) =>
        res ? answered(label, res.statusCode ?? 0) : { status: 'cancelled' },
      );
    });
  }

  if (!hasCreatedChannel()) publishCreated(begin);
  return {
    'http.client.request.created': begin,
    'http.client.response.finish': ({ request, response }: Answered) => {
      const begun = running.get(request);
      if (begun) joinResponse(begun, valueOf(response.headers[RESPONSE_HEADER]));
      finish(request, (label) => answered(label, response.statusCode ?? 0));
    },
  };
}

/** Returns true where Node tells of a request while headers can still be set: since 22.12 and 23.2. */
function hasCreatedChannel(
  [major = 0, minor = 0] = process.versions.node.split('.').map(Number),
): boolean {
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

/** A request before its head is written, as Node 20 has it. */
interface WithImplicitHeader {
  _implicitHeader(this: ClientRequest): void;
}

/** Calls `begin` before the head of a request is written, where Node has no channel for it. */
function publishCreated(begin: (created: Created) => void): void {
  const prototype = ClientRequest.prototype as unknown as WithImplicitHeader;
  const { _implicitHeader: write } = prototype;
  prototype._implicitHeader = function () {
    attempt(() => begin({ request: this }));
    write.call(this);
  };
}
