import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { answered, beginRequest, valueOf, withoutQuery } from '../operations/http.js';
import { endOperation, failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { headersFor, joinResponse, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { carriedByItself } from '../propagation/carrier.js';
import { client } from '../xtrace/log.js';
import { emitAfter } from './emit-after.js';
import { headerIn, isGrpc, withHeader } from './http2-headers.js';

/** A request that was begun, and the frame of its work. */
interface Sent {
  readonly begun: Operation;
  readonly frame: Frame;
  readonly headers: unknown;
}

/** Makes each request that sessions of a class send an operation. `isPeer` tells which hosts get the id of the task. */
export function watchSessions(
  prototype: ClientHttp2Session,
  isPeer: (host: string) => boolean,
): void {
  const request = Reflect.get(prototype, 'request') as AnyMethod;
  const standIn = function (this: ClientHttp2Session, ...args: unknown[]): unknown {
    const [headers, ...more] = args;
    const sent = attempt(() => begin(this, headers, isPeer));
    if (sent === undefined) return Reflect.apply(request, this, args as never[]);
    try {
      const given = [sent.headers, ...more] as never[];
      const stream = runIn(sent.frame, request as AnyFunction, this, given);
      attempt(() => endWithEvents(stream as ClientHttp2Stream, sent));
      return stream;
    } catch (error) {
      runIn(branch(sent.frame), endOperation, undefined, [sent.begun, failure(error)]);
      throw error;
    }
  };
  Object.defineProperty(prototype, 'request', {
    value: copyFunctionShape(standIn as AnyFunction, request as AnyFunction),
    ...{ writable: true, configurable: true, enumerable: false },
  });
}

function begin(
  session: ClientHttp2Session,
  headers: unknown,
  isPeer: (host: string) => boolean,
): Sent | undefined {
  // Its calls are operations already.
  if (isGrpc(headers) && carriedByItself.clients) return undefined;
  const authority = headerIn(headers, ':authority') ?? headerIn(headers, 'host');
  const address = authority ?? authorityOf(session);
  const path = withoutQuery(headerIn(headers, ':path'));
  const begun = beginRequest(headerIn(headers, ':method') ?? 'GET', address, path);
  const frame = branch(currentFrame()).with(client.traceSlot, begun.trace);
  const carry = (): unknown => {
    const isSet = headerIn(headers, 'traceparent') !== undefined;
    if (isSet || !isPeer(hostOf(address))) return headers;
    return headersFor(begun).reduce(
      (all: unknown, [name, value]) => withHeader(all, name, () => value),
      headers,
    );
  };
  return { begun, frame, headers: attempt(() => runIn(frame, carry, undefined, [])) ?? headers };
}

/** Returns the host that a session is for, with the port unless it is that of the protocol. */
function authorityOf(session: ClientHttp2Session): string {
  // Node keeps what was passed to `connect` by a symbol, and tells it by no method.
  const key = Object.getOwnPropertySymbols(session).find((one) => one.description === 'authority');
  const known: unknown = key && Reflect.get(session, key);
  const [, host, port] = /^(.*):(\d+)$/.exec(String(known ?? '')) ?? [];
  if (host === undefined) return String(known ?? session.socket.remoteAddress);
  return port === (session.encrypted ? '443' : '80') ? host : `${host}:${port}`;
}

function hostOf(address: string): string {
  return URL.canParse(`http://${address}`) ? new URL(`http://${address}`).hostname : address;
}

/** Ends the operation when the head of the answer comes, whose listeners come after it, and those of later events. */
function endWithEvents(stream: ClientHttp2Stream, { begun, frame }: Sent): void {
  const finish = (outcome: Outcome, told?: string): Frame => {
    joinResponse(begun, told);
    endOperation(begun, outcome);
    return currentFrame();
  };
  emitAfter(stream, (name, args) => {
    const outcome = outcomeOf(begun.label, stream, name, args);
    if (outcome === undefined) return undefined;
    const [headers] = args as [IncomingHttpHeaders?];
    const told = name === 'response' ? valueOf(headers?.[RESPONSE_HEADER]) : undefined;
    return runIn(branch(frame), finish, undefined, [outcome, told]) as Frame;
  });
}

/** Returns how a request has ended, if an event tells (Node, "Class: ClientHttp2Stream"). */
function outcomeOf(
  label: string,
  stream: ClientHttp2Stream,
  name: unknown,
  [value]: readonly unknown[],
): Outcome | undefined {
  if (name === 'response') {
    return answered(label, Number((value as IncomingHttpHeaders)[':status']));
  }
  if (name === 'error') return failure(value);
  if (name === 'close') return { status: stream.rstCode === 0 ? 'ok' : 'cancelled' };
  return undefined;
}
