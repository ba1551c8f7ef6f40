import type { IncomingMessage } from 'node:http';
import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { inject } from '../operations/carrier.js';
import { withoutQuery } from '../operations/http.js';
import { continueFromMessage, MAX_JOINED } from '../operations/messages.js';
import { continueFromRequest } from '../operations/trace-headers.js';
import { MESSAGES_HEADER } from '../operations/websocket-header.js';
import { client } from '../xtrace/log.js';
import type { LibraryMethods, Replace } from './replace.js';

/** A WebSocket of the package ws, at either side. */
interface WebSocket {
  readonly readyState: number;
  pong(data: string): void;
}

const OPEN = 1;

/** What we know of a socket. */
interface Connection {
  readonly path: string;
  readonly isServer: boolean;
  /** True if the other side reads where messages come from, and says so of its own. */
  readonly isCarried: boolean;
  /** Where the next message comes from, if the other side has said so. */
  sender?: Sender | undefined;
}

interface Sender {
  readonly traceparent: string;
  /** True if the same event sends very many messages. */
  readonly isRepeated: boolean;
}

const connections = new WeakMap<object, Connection>();

/**
 * What goes before a message, in a pong that nobody has asked for, which any WebSocket may send (RFC 6455, section 5.5.3). It is sent only to
 * a side that has agreed to it in the handshake, and there the program is told of no such pong. It has 125 bytes at most.
 */
const CARRIED = /^throughline (many )?(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})$/;

/** Stands for `emit` of a socket. */
const tells: Replace = (method) =>
  function (this: WebSocket, ...args: never[]): unknown {
    const [name, data] = args as readonly unknown[];
    const connection = connections.get(this);
    if (name === 'upgrade') attempt(() => noteAgreed(this, data as IncomingMessage));
    if (name === 'pong' && connection?.isCarried && takeSender(connection, String(data)))
      return true;
    const frame =
      name === 'message' && connection ? attempt(() => frameOfMessage(connection)) : undefined;
    return frame ? runIn(frame, method, this, args) : Reflect.apply(method, this, args);
  } as never;

/** Notes what a server has answered to the handshake of a client. */
function noteAgreed(socket: object, { headers, req }: IncomingMessage & WithRequest): void {
  if (headers[MESSAGES_HEADER] === undefined) return;
  connections.set(socket, { path: withoutQuery(req?.path), isServer: false, isCarried: true });
}

interface WithRequest {
  readonly req?: { readonly path?: string };
}

function takeSender(connection: Connection, data: string): boolean {
  const [, many, traceparent] = CARRIED.exec(data) ?? [];
  if (traceparent === undefined) return false;
  connection.sender = { traceparent, isRepeated: many !== undefined };
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
  const { traceparent, isRepeated = false } = sender ?? {};
  return frameAfter(`message ${path}`, () =>
    continueFromMessage({ headers: { traceparent }, isRepeated }),
  );
}

/** Returns a frame that comes after one event, in the task that `enter` continues or begins. */
function frameAfter(label: string, enter: () => void): Frame {
  const open = (): Frame => {
    setLocal(client.traceSlot, undefined);
    enter();
    client.log(label, { kind: 'consumer', 'network.protocol.name': 'websocket' });
    return currentFrame();
  };
  return runIn(branch(currentFrame()), open, undefined, []) as Frame;
}

/** Stands for `send(data, …)` of a socket: says first where the message comes from. */
const sends: Replace = (method) =>
  function (this: WebSocket, ...args: never[]): unknown {
    if (connections.get(this)?.isCarried && this.readyState === OPEN) {
      attempt(() => this.pong(carried()));
    }
    return Reflect.apply(method, this, args);
  } as never;

/** The last event that has sent something, and how often. */
let latest = { event: '', count: 0 };

function carried(): string {
  const { traceparent } = inject<{ traceparent?: string }>({});
  const event = traceparent!.slice(36, 52);
  latest = { event, count: event === latest.event ? latest.count + 1 : 1 };
  return `throughline ${latest.count > MAX_JOINED ? 'many ' : ''}${traceparent}`;
}

/** The request that a server is about to answer with an upgrade. */
let upgraded: IncomingMessage | undefined;

/** Stands for `completeUpgrade(…, request, socket, head, callback)` of a server. The callback tells the program of the socket. */
const upgrades: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const request = args[3] as unknown as IncomingMessage;
    const callback = args.at(-1) as unknown as AnyFunction;
    function connected(this: unknown, ...given: never[]): unknown {
      const frame = attempt(() => connect(given[0]!, request));
      return frame ? runIn(frame, callback, this, given) : Reflect.apply(callback, this, given);
    }
    upgraded = request;
    try {
      return Reflect.apply(method, this, [...args.slice(0, -1), connected] as never[]);
    } finally {
      upgraded = undefined;
    }
  };

/** Notes a socket of a server, and returns the frame in which the program is told of it: in the task of the request for it. */
function connect(socket: object, request: IncomingMessage): Frame | undefined {
  // Socket.IO has messages of its own, and calls their listeners later.
  if (isEngine(request)) return undefined;
  const { headers, url } = request;
  const path = withoutQuery(url);
  const isCarried = headers[MESSAGES_HEADER] !== undefined;
  connections.set(socket, { path, isServer: true, isCarried });
  return frameAfter(`connect ${path}`, () =>
    continueFromRequest((name) => [headers[name]].flat()[0]),
  );
}

function isEngine({ url = '' }: IncomingMessage): boolean {
  return /[?&]EIO=\d/.test(url);
}

/** Stands for `emit` of a server: the head of an answer agrees to what the client has offered. */
const answers: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [name, head] = args as readonly unknown[];
    if (
      name === 'headers' &&
      upgraded?.headers[MESSAGES_HEADER] !== undefined &&
      !isEngine(upgraded)
    ) {
      (head as string[]).push(`${MESSAGES_HEADER}: 1`);
    }
    return Reflect.apply(method, this, args);
  };

export const websockets: LibraryMethods = {
  'ws WebSocket': { emit: tells, send: sends },
  'ws WebSocketServer': { completeUpgrade: upgrades, emit: answers },
};
