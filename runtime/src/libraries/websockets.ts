import { runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { valueOf, withoutQuery } from '../operations/http.js';
import { continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { continueFromRequest } from '../operations/trace-headers.js';
import { isEngine, MESSAGES_HEADER, offerIn } from '../operations/websocket-header.js';
import { messageFrame, readSender, senderText } from './message-event.js';
import type { LibraryMethods, Replace } from './replace.js';

/** A WebSocket of the package ws, at either side. */
interface WebSocket {
  readonly readyState: number;
  /** The address that a client has connected to. */
  readonly url: string;
  /** True at a server, which masks nothing. */
  readonly _isServer: boolean;
  readonly _sender: { pong(data: string, isMasked: boolean): void };
}

/** The head of a request, or of an answer (Node, "http.IncomingMessage"). */
interface Head {
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const OPEN = 1;

/** What we know of a socket. */
interface Connection {
  readonly path: string;
  readonly isServer: boolean;
  /** True if the other side reads where messages come from, and says so of its own. */
  readonly isCarried: boolean;
  /** Where the next message comes from, if the other side has said so. */
  sender?: Carried | undefined;
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
    const [name, data] = args as readonly unknown[];
    const connection = connections.get(this);
    if (name === 'upgrade') attempt(() => noteAgreed(this, data as Head));
    if (name === 'pong' && connection?.isCarried && takeSender(connection, String(data)))
      return true;
    const frame =
      name === 'message' && connection ? attempt(() => frameOfMessage(connection)) : undefined;
    return frame ? runIn(frame, method, this, args) : Reflect.apply(method, this, args);
  } as never;

/** Notes what a server has answered to the handshake of a client. */
function noteAgreed(socket: WebSocket, { headers }: Head): void {
  if (headers[MESSAGES_HEADER] === undefined) return;
  const { pathname: path } = new URL(socket.url);
  connections.set(socket, { path, isServer: false, isCarried: true });
}

function takeSender(connection: Connection, data: string): boolean {
  if (!data.startsWith(CARRIED)) return false;
  connection.sender = readSender(data.slice(CARRIED.length));
  return true;
}

/**
 * Returns the frame in which listeners of a message run: after an event for it, in the task of its sender. What comes to a server from
 * somebody who says nothing begins a task; at a client, it stays in the context of its listener.
 */
function frameOfMessage(connection: Connection): Frame | undefined {
  const { path, isServer, sender } = connection;
  connection.sender = undefined;
  if (sender === undefined && !isServer) return undefined;
  return messageFrame(`message ${path}`, FIELDS, () => continueFromMessage(sender));
}

const FIELDS = { 'network.protocol.name': 'websocket' };

/** Stands for `send(data, …)` of a socket: says first where the message comes from. */
const sends: Replace = (method) =>
  function (this: WebSocket, ...args: never[]): unknown {
    if (connections.get(this)?.isCarried && this.readyState === OPEN) {
      // A program may have a method `pong` of its own.
      attempt(() => this._sender.pong(CARRIED + senderText(), !this._isServer));
    }
    return Reflect.apply(method, this, args);
  } as never;

/** The request that a server is about to answer with an upgrade. */
let upgraded: Head | undefined;

/** Stands for `completeUpgrade(…, request, socket, head, callback)` of a server. The callback tells the program of the socket. */
const upgrades: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const request = (args as readonly unknown[]).find((one) => isHead(one)) as Head | undefined;
    const callback = args.at(-1) as unknown as AnyFunction;
    // Another version.
    if (request === undefined || typeof callback !== 'function') {
      return Reflect.apply(method, this, args);
    }
    const connected = function (this: unknown, ...given: never[]): unknown {
      const frame = attempt(() => connect(given[0]!, request));
      return frame ? runIn(frame, callback, this, given) : Reflect.apply(callback, this, given);
    };
    upgraded = request;
    try {
      return Reflect.apply(method, this, [...args.slice(0, -1), connected] as never[]);
    } finally {
      upgraded = undefined;
    }
  };

/** Notes a socket of a server, and returns the frame in which the program is told of it: in the task of the request for it. */
function connect(socket: object, request: Head): Frame | undefined {
  // Socket.IO has messages of its own, and calls their listeners later.
  if (isEngine(request.url)) return undefined;
  const { headers, url } = request;
  const path = withoutQuery(url);
  const isCarried = headers[MESSAGES_HEADER] !== undefined;
  connections.set(socket, { path, isServer: true, isCarried });
  return messageFrame(`connect ${path}`, FIELDS, () =>
    continueFromRequest((name) => valueOf(headers[name])),
  );
}

function isHead(value: unknown): value is Head {
  const { url, headers } = Object(value) as Partial<Head>;
  return typeof url === 'string' && typeof headers === 'object';
}

/** Stands for `emit` of a server: the head of an answer agrees to what the client has offered. */
const answers: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [name, head] = args as readonly unknown[];
    if (name === 'headers') attempt(() => agree(head));
    return Reflect.apply(method, this, args);
  };

function agree(head: unknown): void {
  if (upgraded === undefined || upgraded.headers[MESSAGES_HEADER] === undefined) return;
  if (Array.isArray(head) && !isEngine(upgraded.url)) head.push(`${MESSAGES_HEADER}: 1`);
}

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
  'ws WebSocketServer': { completeUpgrade: upgrades, emit: answers },
};
