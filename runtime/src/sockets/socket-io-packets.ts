import { readSender } from '../methods/message-event.js';
import type { Carried } from '../operations/messages.js';
import { MESSAGES_HEADER } from '../operations/websocket-header.js';

/** A socket of Socket.IO, at either side. */
export interface Socket {
  /** Versions without it are left alone: their protocols, and their own methods, are others. */
  readonly emitWithAck?: unknown;
  /** At the client: what is sent when it is connected. */
  readonly sendBuffer?: readonly Packet[];
  readonly nsp: string | { readonly name: string };
  /** At the server: the headers of the request for it. */
  readonly handshake?: { readonly headers: Readonly<Record<string, unknown>> };
  /** At the server: who waits for answers, by the number. */
  readonly acks?: unknown;
  /** Its middlewares. */
  readonly fns?: readonly unknown[];
}

/** What goes over the wire (Socket.IO protocol, "Packet encoding"). */
export interface Packet {
  readonly type: number;
  readonly id?: number;
  readonly data?: unknown;
}

export const CONNECT = 0;
/** Events and acknowledgements, without and with binary parts. */
export const CARRYING: ReadonlySet<number> = new Set([2, 3, 5, 6]);

/**
 * What comes after the arguments of an event, between two sides that have agreed to it. The client offers it in a header of its first request,
 * and the server answers in the packet that connects the socket. Neither program sees it.
 */
export interface Envelope {
  readonly throughline: string;
}

/** Sockets whose other side reads where events come from. */
export const agreed = new WeakSet<object>();

/** How many of what waits are kept for a socket: the other side may never answer. */
export const MOST_WAITING = 1024;

export function isKnown({ emitWithAck }: Socket): boolean {
  return typeof emitWithAck === 'function';
}

export function isAgreed(socket: Socket): boolean {
  if (!isKnown(socket)) return false;
  return agreed.has(socket) || socket.handshake?.headers[MESSAGES_HEADER] !== undefined;
}

/** Takes what the other side has added to the arguments. */
export function takeSender({ data }: Packet): Carried | undefined {
  if (!Array.isArray(data)) return undefined;
  const { throughline } = Object(data.at(-1)) as Partial<Envelope>;
  const sender = readSender(throughline);
  if (sender !== undefined) data.pop();
  return sender;
}
