import { runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import {
  messageFrame,
  readSender,
  senderText,
  WEBSOCKET_FIELDS,
} from '../methods/message-event.js';
import type { LibraryMethods, Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { valueOf, withoutQuery } from '../operations/http.js';
import { continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { continueFromRequest } from '../operations/trace-headers.js';
import { isEngine, MESSAGES_HEADER, offerIn } from '../operations/websocket-header.js';
import { LONGEST_TEXT, readText, textBefore } from './socket-texts.js';
import { agree, headerFor, isHead, takesOffer, upgradeOf } from './websocket-handshakes.js';
import type { Head, Telling, Upgraded } from './websocket-handshakes.js';

/** A WebSocket of the package ws, at either side. */
interface WebSocket {
  readonly readyState: number;
  /** The address that a client has connected to. */
  readonly url: string;
  /** True at a server, which masks nothing. */
  readonly _isServer: boolean;
  readonly _sender: { pong(data: string, isMasked: boolean): void };
  /** At a client: the request that opens it, until it is open. */
  readonly _req?: { getHeader(name: string): unknown } | null;
}

/** A server of the package ws. */
interface Server {
  readonly options: { readonly maxPayload?: number };
}

const OPEN = 1;

/** What we know of a socket. */
interface Connection {
  readonly path: string;
  readonly isServer: boolean;
  /** How the two sides say where messages come from; undefined if they do not. */
  readonly by: Telling | undefined;
  /** Where the next message comes from, if the other side has said so. */
  sender?: Carried | undefined;
  /** True while the parts of a message are sent, which no other message may come between (RFC 6455, section 5.4). */
  isWithin?: boolean;
}

const connections = new WeakMap<object, Connection>();

/**
 * How the text begins that goes before a message, in a pong that nobody has asked for, which any WebSocket may send (RFC 6455, section 5.5.3).
 * It is sent only to a side that has agreed to it in the handshake, and there the program is told of no such pong. It has 125 bytes at most.
 */
const CARRIED = 'throughline ';

/** Stands for `emit` of a socket. */
const tells: Replace = (method) =>
  function (this: WebSocket, ...args: never[]): unknown {
    const [name, data, isBinary] = args as readonly unknown[];
    const connection = connections.get(this);
    if (name === 'upgrade') attempt(() => noteAgreed(this, data as Head));
    if (connection && takeSender(connection, name, data, isBinary)) return true;
    const frame =
      name === 'message' && connection ? attempt(() => frameOfMessage(connection)) : undefined;
    return frame ? runIn(frame, method, this, args) : Reflect.apply(method, this, args);
  } as never;

/** Notes what a server has answered to the handshake of a client. */
function noteAgreed(socket: WebSocket, { headers }: Head): void {
  const key = socket._req?.getHeader('sec-websocket-key');
  if (headers[MESSAGES_HEADER] !== headerFor('pongs', key)) return;
  const { pathname: path } = new URL(socket.url);
  connections.set(socket, { path, isServer: false, by: 'pongs' });
}

/** Takes what says where the next message comes from. Returns false for what is the program's. */
function takeSender(
  connection: Connection,
  name: unknown,
  data: unknown,
  isBinary: unknown,
): boolean {
  const { by } = connection;
  if (by === 'pongs') {
    const text = name === 'pong' ? String(data) : '';
    if (!text.startsWith(CARRIED)) return false;
    connection.sender = readSender(text.slice(CARRIED.length));
    return true;
  }
  const isShort = name === 'message' && isBinary === false && isBytes(data);
  const told =
    by && isShort && data.length <= LONGEST_TEXT ? readText(by.mark, String(data)) : undefined;
  if (told === undefined) return false;
  connection.sender = told.sender;
  return true;
}

function isBytes(data: unknown): data is Uint8Array {
  return data instanceof Uint8Array;
}

/**
 * Returns the frame in which listeners of a message run: after an event for it, in the task of its sender. What comes to a server from
 * somebody who says nothing begins a task; at a client, it stays in the context of its listener.
 */
function frameOfMessage(connection: Connection): Frame | undefined {
  const { path, isServer, sender } = connection;
  connection.sender = undefined;
  if (sender === undefined && !isServer) return undefined;
  return messageFrame(`message ${path}`, WEBSOCKET_FIELDS, () => continueFromMessage(sender));
}

/** Stands for `send(data, options, …)` of a socket: says first where the message comes from. */
const sends: Replace = (method) =>
  function (this: WebSocket, ...args: never[]): unknown {
    const connection = connections.get(this);
    if (connection?.by && this.readyState === OPEN) {
      const send = (text: string): unknown => Reflect.apply(method, this, [text] as never[]);
      attempt(() => tellSender(this, connection, send, args[1]));
    }
    return Reflect.apply(method, this, args);
  } as never;

function tellSender(
  socket: WebSocket,
  connection: Connection,
  send: (text: string) => unknown,
  options: unknown,
): void {
  const { by, isWithin = false } = connection;
  // What follows a part that is not the last one is the next part.
  connection.isWithin = (Object(options) as { readonly fin?: boolean }).fin === false;
  if (isWithin || by === undefined) return;
  // A program may have a method `pong` of its own.
  if (by === 'pongs') socket._sender.pong(CARRIED + senderText(), !socket._isServer);
  else send(textBefore(by.mark));
}

/** The request that a server is about to answer with an upgrade. */
let upgraded: Upgraded | undefined;

/** Stands for `completeUpgrade(…, request, socket, head, callback)` of a server. The callback tells the program of the socket. */
const upgrades: Replace = (method) =>
  function (this: Server, ...args: never[]): unknown {
    const request = (args as readonly unknown[]).find((one) => isHead(one)) as Head | undefined;
    const callback = args.at(-1) as unknown as AnyFunction;
    // Another version.
    if (request === undefined || typeof callback !== 'function') {
      return Reflect.apply(method, this, args);
    }
    const known = attempt(() => upgradeOf(request, this.options)) ?? { request, by: undefined };
    const connected = function (this: unknown, ...given: never[]): unknown {
      const frame = attempt(() => connect(given[0]!, known));
      return frame ? runIn(frame, callback, this, given) : Reflect.apply(callback, this, given);
    };
    upgraded = known;
    try {
      return Reflect.apply(method, this, [...args.slice(0, -1), connected] as never[]);
    } finally {
      upgraded = undefined;
    }
  } as never;

/** Notes a socket of a server, and returns the frame in which the program is told of it: in the task of the request for it. */
function connect(socket: object, { request, by, offered }: Upgraded): Frame | undefined {
  if (isEngine(request.url)) return undefined;
  const { headers, url } = request;
  const path = withoutQuery(url);
  connections.set(socket, { path, isServer: true, by });
  return messageFrame(`connect ${path}`, WEBSOCKET_FIELDS, () =>
    continueFromRequest(
      (name) =>
        (name === 'traceparent' ? offered?.offer.traceparent : undefined) ?? valueOf(headers[name]),
    ),
  );
}

/** Stands for `emit` of a server: the head of an answer agrees to what the client has offered. */
const answers: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [name, head] = args as readonly unknown[];
    const result: unknown = Reflect.apply(method, this, args);
    const known = upgraded;
    if (name === 'headers' && known && Array.isArray(head)) attempt(() => agree(head, known));
    return result;
  };

/**
 * Has the requests by which clients of a class open their sockets make the offer. A client keeps its request in a property until it is answered,
 * and sends it after that.
 */
export function offerInRequests(prototype: object): void {
  Object.defineProperty(prototype, '_req', {
    set(this: object, value: unknown) {
      if (typeof value === 'object' && value !== null) offerIn(value);
      // From then on the property is as it was.
      Object.defineProperty(this, '_req', { value, ...PLAIN });
    },
    configurable: true,
  });
}

const PLAIN = { writable: true, enumerable: true, configurable: true };

export const websockets: LibraryMethods = {
  'ws WebSocket': { emit: tells, send: sends },
  'ws WebSocketServer': { handleUpgrade: takesOffer, completeUpgrade: upgrades, emit: answers },
};
