import type { IncomingMessage, ServerResponse } from 'node:http';
import { copyFunctionShape } from '../callbacks/spawn.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { MESSAGES_HEADER } from '../operations/websocket-header.js';
import { readStreamHeader, readStreamOffer } from '../sockets/event-stream-texts.js';
import type { StreamOffer } from '../sockets/event-stream-texts.js';
import { EventStream } from './event-stream.js';

// A server of server-sent events says where each message comes from, to clients that have asked for it.

/** Returns what a client has asked for. The program does not see it in the address. */
export function takeStreamOffer(
  request: IncomingMessage,
): Pick<StreamOffer, 'mark' | 'traceparent'> | undefined {
  const { [MESSAGES_HEADER]: header, host } = request.headers;
  const mark = header === undefined ? undefined : readStreamHeader(header, host);
  if (mark !== undefined) return { mark, traceparent: undefined };
  const offer = readStreamOffer(request.url);
  if (offer) request.url = offer.url;
  return offer;
}

/** Has a response say where messages come from, if it turns out to be a stream of them. */
export function tellSenders(response: ServerResponse, mark: string): void {
  const messages = new EventStream(mark);
  for (const name of ['write', 'end'] as const) {
    const own = Object.getOwnPropertyDescriptor(response, name)?.value as AnyFunction | undefined;
    const write = (...args: unknown[]): unknown => {
      const given = attempt(() => (isEventStream(response) ? messages.told(args) : args)) ?? args;
      const method = own ?? (Reflect.get(Object.getPrototypeOf(response) as object, name) as never);
      return Reflect.apply(method, response, given as never[]);
    };
    Object.defineProperty(response, name, {
      value: copyFunctionShape(write, response[name] as unknown as AnyFunction),
      ...{ writable: true, configurable: true },
    });
  }
}

/** Returns true for a response with messages, which nobody has compressed or counted. */
function isEventStream(response: ServerResponse): boolean {
  const type = headerOf(response, 'content-type');
  if (!type?.toLowerCase().startsWith('text/event-stream')) return false;
  const encoding = headerOf(response, 'content-encoding') ?? 'identity';
  return encoding === 'identity' && headerOf(response, 'content-length') === undefined;
}

/** Returns a header of a response. What a program gives to `writeHead` is only in the head (lib/_http_outgoing.js, "_header"). */
function headerOf(response: ServerResponse, name: string): string | undefined {
  if (response.hasHeader(name)) return String(response.getHeader(name));
  const { _header: head } = response as { readonly _header?: unknown };
  if (typeof head !== 'string') return undefined;
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim();
}
