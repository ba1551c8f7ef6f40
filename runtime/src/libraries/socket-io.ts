import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { followMethod, noteReached } from '../operations/followed.js';
import { continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { joinResponse } from '../operations/trace-headers.js';
import { MESSAGES_HEADER, offeringFrame } from '../operations/websocket-header.js';
import { client } from '../xtrace/log.js';
import { messageFrame, readSender, senderText } from './message-event.js';
import type { LibraryMethods, Replace } from './replace.js';

/** A socket of Socket.IO, at either side. */
interface Socket {
  /** Versions without it are left alone: their protocols, and their own methods, are others. */
  readonly emitWithAck?: unknown;
  /** At the client: what is sent when it is connected. */
  readonly sendBuffer?: readonly Packet[];
  readonly nsp: string | { readonly name: string };
  /** At the server: the headers of the request for it. */
  readonly handshake?: { readonly headers: Readonly<Record<string, unknown>> };
  /** Its middlewares. */
  readonly fns?: readonly unknown[];
}

/** What goes over the wire (Socket.IO protocol, "Packet encoding"). */
interface Packet {
  readonly type: number;
  readonly id?: number;
  readonly data?: unknown;
}

const CONNECT = 0;
/** Events and acknowledgements, without and with binary parts. */
const CARRYING: ReadonlySet<number> = new Set([2, 3, 5, 6]);

/**
 * What comes after the arguments of an event, between two sides that have agreed to it. The client offers it in a header of its first request,
 * and the server answers in the packet that connects the socket. Neither program sees it.
 */
interface Envelope {
  readonly throughline: string;
}

/** Sockets whose other side reads where events come from. */
const agreed = new WeakSet<object>();

/** The frames of those who wait for an acknowledgement, by its number. */
const waiting = new WeakMap<object, Map<number, Frame>>();

/** How many of them are kept for a socket: the other side may never answer. */
const MOST_WAITING = 1024;

function isKnown({ emitWithAck }: Socket): boolean {
  return typeof emitWithAck === 'function';
}

function isAgreed(socket: Socket): boolean {
  if (!isKnown(socket)) return false;
  return agreed.has(socket) || socket.handshake?.headers[MESSAGES_HEADER] !== undefined;
}

/** The frames of those who have sent packets that wait for a connection. */
const buffered = new WeakMap<Packet, Frame>();

/** The socket whose program calls `emit` right now. What is sent otherwise, a client has kept, and it is not known for whom. */
let emitting: unknown;

/** Stands for `emit(name, …)`. */
const emits: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const outer = emitting;
    emitting = isDraining ? undefined : this;
    const before = this.sendBuffer?.length ?? 0;
    try {
      return Reflect.apply(method, this, args);
    } finally {
      if (emitting === this) attempt(() => keepFrame(this, before));
      emitting = outer;
    }
  } as never;

function keepFrame({ sendBuffer = [] }: Socket, before: number): void {
  for (const packet of sendBuffer.slice(before)) buffered.set(packet, currentFrame());
}

let isDraining = false;

/** Stands for `_drainQueue(…)` of a client, which sends again what was not acknowledged, or what has waited for that. */
const drains: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const outer = isDraining;
    isDraining = true;
    try {
      return Reflect.apply(method, this, args);
    } finally {
      isDraining = outer;
    }
  };

/** Stands for `open(…)` of a manager, which makes the connection. */
const opens: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    return runIn(offeringFrame(branch(currentFrame())), method, this, args);
  };

/** Stands for `packet(packet, …)`, which sends one. */
const sends: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const [packet, ...more] = args as unknown as [Packet, ...unknown[]];
    const given = (isAgreed(this) && attempt(() => carrying(this, packet))) || packet;
    return Reflect.apply(method, this, [given, ...more] as never[]);
  } as never;

function carrying(socket: Socket, packet: Packet): Packet | undefined {
  const { type, id, data } = packet;
  // Only a server has a handshake, and answers the offer.
  if (type === CONNECT && socket.handshake)
    return { ...packet, data: { ...Object(data), throughline: 1 } };
  if (!CARRYING.has(type) || !Array.isArray(data)) return undefined;
  const frame = isEvent(type) ? frameOfSender(socket, packet) : currentFrame();
  if (frame === undefined) return undefined;
  if (id !== undefined && isEvent(type)) keepWaiting(socket, id, frame);
  const throughline = runIn(branch(frame), senderText, undefined, []) as string;
  return { ...packet, data: [...(data as unknown[]), { throughline } satisfies Envelope] };
}

/** An acknowledgement is sent by the listener, an event by who calls `emit`, at once or earlier. */
function frameOfSender(socket: Socket, packet: Packet): Frame | undefined {
  return emitting === socket ? currentFrame() : buffered.get(packet);
}

function isEvent(type: number): boolean {
  return type === 2 || type === 5;
}

function keepWaiting(socket: Socket, id: number, frame: Frame): void {
  let frames = waiting.get(socket);
  if (frames === undefined) waiting.set(socket, (frames = new Map()));
  frames.set(id, frame);
  if (frames.size > MOST_WAITING) frames.delete(frames.keys().next().value!);
}

/** Stands for `onpacket(packet)` of a client, which is told there that the server has agreed. */
const connects: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const { type, data } = args[0] as unknown as Packet;
    // After a reconnect it may be another server.
    if (type === CONNECT && Object(data).throughline !== undefined) agreed.add(this);
    else if (type === CONNECT) agreed.delete(this);
    return Reflect.apply(method, this, args);
  } as never;

/** An event that a server has got, and will tell its listeners of in a later tick. */
interface Coming {
  /** Its name and arguments. A middleware may refuse it, and then nobody keeps them. */
  readonly args: WeakRef<readonly unknown[]>;
  readonly frame: Frame;
}

const coming = new WeakMap<object, Coming[]>();

/** Stands for `onevent(packet)`: listeners run after an event for it, in the task of the sender. */
const hears: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const packet = args[0] as unknown as Packet;
    const frame = attempt(() => frameOfEvent(this, packet));
    if (frame && this.handshake) keepComing(this, packet.data as unknown[], frame);
    return frame ? runIn(frame, method, this, args) : Reflect.apply(method, this, args);
  } as never;

function frameOfEvent(socket: Socket, packet: Packet): Frame | undefined {
  const sender = isAgreed(socket) ? takeSender(packet) : undefined;
  // What comes to a client from somebody who says nothing stays in the context of its listener.
  if (!isKnown(socket) || (sender === undefined && !socket.handshake)) return undefined;
  const [name] = packet.data as unknown[];
  const { nsp } = socket;
  return messageFrame(
    `message ${String(name)}`,
    {
      'messaging.system': 'socket.io',
      'messaging.destination.name': typeof nsp === 'string' ? nsp : nsp.name,
    },
    () => continueFromMessage(sender ?? { headers: {}, isRepeated: false }),
  );
}

function keepComing(socket: object, args: readonly unknown[], frame: Frame): void {
  const list = coming.get(socket);
  const event = { args: new WeakRef(args), frame };
  if (list === undefined) coming.set(socket, [event]);
  else if (list.push(event) > MOST_WAITING) list.shift();
}

/** Stands for `run(event, next)` of a server's socket, which asks the middlewares. */
const filters: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const [event, next] = args as unknown as [readonly unknown[], AnyFunction];
    const told = (...given: never[]): unknown => {
      if (given[0]) attempt(() => forget(this, event));
      return Reflect.apply(next, undefined, given);
    };
    return Reflect.apply(method, this, [event, told] as never[]);
  } as never;

/** Forgets an event that a middleware has refused. */
function forget(socket: object, args: readonly unknown[]): void {
  const list = coming.get(socket) ?? [];
  const at = list.findIndex((one) => one.args.deref() === args);
  if (at !== -1) list.splice(at, 1);
}

/** Stands for `emitUntyped(name, …)`, by which a server tells listeners of an event. */
const tells: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const frame = attempt(() => takeComing(this, args));
    return frame ? runIn(frame, method, this, args) : Reflect.apply(method, this, args);
  } as never;

/** Middlewares may let a later event overtake one with the same arguments: then nobody knows which this is. */
function takeComing(socket: Socket, args: readonly unknown[]): Frame | undefined {
  const list = coming.get(socket) ?? [];
  const isThis = (one: Coming): boolean => {
    const known = one.args.deref();
    return known?.length === args.length && known.every((arg, i) => Object.is(arg, args[i]));
  };
  const [found, ...others] = list.filter(isThis);
  if (found === undefined) return undefined;
  list.splice(list.indexOf(found), 1);
  return others.length > 0 && socket.fns?.length ? undefined : found.frame;
}

/** Takes what the other side has added to the arguments. */
function takeSender({ data }: Packet): Carried | undefined {
  if (!Array.isArray(data)) return undefined;
  const { throughline } = Object(data.at(-1)) as Partial<Envelope>;
  const sender = readSender(throughline);
  if (sender !== undefined) data.pop();
  return sender;
}

/** Stands for `onack(packet)`: who waits for the answer comes after what the other side has done for it. */
const isAnswered: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const packet = args[0] as unknown as Packet;
    const sender = isAgreed(this) ? attempt(() => takeSender(packet)) : undefined;
    const frames = waiting.get(this);
    const frame = frames?.get(packet.id!);
    frames?.delete(packet.id!);
    if (sender === undefined || frame === undefined) return Reflect.apply(method, this, args);
    const answer = (): unknown => {
      attempt(() => {
        joinResponse({ trace: client.currentTrace() }, sender.headers['traceparent'] as string);
        noteReached();
      });
      return Reflect.apply(method, this, args);
    };
    return runIn(branch(frame), answer, undefined, []);
  } as never;

/** Stands for `emitWithAck(…)`. */
const asks: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    return followMethod(() => Reflect.apply(method, this, args));
  };

const both = { emit: emits, packet: sends, onevent: hears, onack: isAnswered, emitWithAck: asks };

export const socketIo: LibraryMethods = {
  'socket.io Socket': { ...both, run: filters },
  'socket.io StrictEventEmitter': { emitUntyped: tells },
  'socket.io-client Manager': { open: opens },
  'socket.io-client Socket': { ...both, onpacket: connects, _drainQueue: drains },
};
