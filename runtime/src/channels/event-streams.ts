import type { IncomingMessage, ServerResponse } from 'node:http';
import { copyFunctionShape } from '../callbacks/spawn.js';
import type { AnyFunction } from '../kernel/index.js';
import { eventBefore, readStreamOffer } from '../libraries/event-stream-texts.js';
import type { StreamOffer } from '../libraries/event-stream-texts.js';
import { isMark } from '../libraries/socket-texts.js';
import { attempt } from '../operations/attempt.js';
import { MESSAGES_HEADER } from '../operations/websocket-header.js';

// A server of server-sent events says where each message comes from, to clients that have asked for it.

/** Returns what a client has asked for. The program does not see it in the address. */
export function takeStreamOffer(
  request: IncomingMessage,
): Pick<StreamOffer, 'mark' | 'traceparent'> | undefined {
  const { [MESSAGES_HEADER]: mark } = request.headers;
  if (isMark(mark)) return { mark, traceparent: undefined };
  const offer = readStreamOffer(request.url);
  if (offer) request.url = offer.url;
  return offer;
}

/** Has a response say where messages come from, if it turns out to be a stream of them. */
export function tellSenders(response: ServerResponse, mark: string): void {
  const stream = new Messages(mark);
  for (const name of ['write', 'end'] as const) {
    const write = (...args: unknown[]): unknown => {
      const given = attempt(() => (isEventStream(response) ? stream.told(args) : args)) ?? args;
      const method = Reflect.get(Object.getPrototypeOf(response) as object, name) as AnyFunction;
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

/** What a program writes to a stream of messages, piece by piece. */
class Messages {
  /** The last characters that were written, which may end a message. */
  #tail = '\n\n';
  /** False once we cannot read what is written. */
  #isKnown = true;

  constructor(readonly mark: string) {}

  /** Returns the arguments of a call that writes, with an event before each message that begins in the piece. */
  told(args: readonly unknown[]): readonly unknown[] {
    const [chunk, encoding] = args;
    const isNothing = chunk === undefined || chunk === null || typeof chunk === 'function';
    const text = textOf(chunk, encoding);
    if (text === undefined && !isNothing) this.#isKnown = false;
    if (text === undefined || !this.#isKnown) return args;
    const starts = startsIn(this.#tail, text);
    this.#tail = (this.#tail + text).slice(-LONGEST_END);
    return starts.length === 0 ? args : [this.#with(chunk as Piece, starts), ...args.slice(1)];
  }

  #with(chunk: Piece, starts: readonly number[]): Piece {
    const ends = [...starts.slice(1), chunk.length];
    const told = starts.map((start, i) => [eventBefore(this.mark), chunk.slice(start, ends[i])]);
    const parts = [chunk.slice(0, starts[0]), ...told.flat()];
    if (typeof chunk === 'string') return parts.join('');
    return Buffer.concat(parts.map((one) => (typeof one === 'string' ? Buffer.from(one) : one)));
  }
}

type Piece = string | Uint8Array;

/** The most characters of two ends of lines. */
const LONGEST_END = 4;

/** Returns what is written as characters, each byte of bytes as one; undefined for what is no UTF-8. */
function textOf(chunk: unknown, encoding: unknown): string | undefined {
  // What ends a line is one byte in UTF-8, and part of nothing else.
  if (chunk instanceof Uint8Array) {
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
  }
  const isUtf8 = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
  return typeof chunk === 'string' && isUtf8 ? chunk : undefined;
}

/** Returns where messages begin in a piece, after what was written before it. Comments alone are none. */
function startsIn(tail: string, text: string): number[] {
  const begins = [...(tail + text).matchAll(EMPTY_LINES)].map(
    ({ index, 0: { length } }) => index + length - tail.length,
  );
  // An empty line before the piece, and maybe more of them in it.
  if (isBetween(tail)) begins.unshift(0);
  const starts = [...new Set(begins)].filter((at) => at >= 0 && at < text.length);
  return starts.filter((at, i) => beginsMessage(text.slice(at, starts[i + 1])));
}

const EMPTY_LINES = /(?:\r\n|\n|\r(?!\n)){2,}/g;

/** Returns true for a part that has a field, or may get one: a line that is not at its end. */
function beginsMessage(part: string): boolean {
  return /(?:^|[\r\n])[^:\r\n]/.test(part) || !/[\r\n]$/.test(part);
}

/** Returns true if the last that was written is an empty line. */
function isBetween(tail: string): boolean {
  return tail.replaceAll('\r\n', '\n').replaceAll('\r', '\n').endsWith('\n\n');
}
