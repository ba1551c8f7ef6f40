import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { followMethod, noteReached } from '../operations/followed.js';
import { joinResponse } from '../operations/trace-headers.js';
import { offeringFrame } from '../operations/websocket-header.js';
import { client } from '../xtrace/log.js';
import { senderText } from './message-event.js';
import type { Replace } from './replace.js';
import {
  agreed,
  CARRYING,
  CONNECT,
  isAgreed,
  MOST_WAITING,
  takeSender,
} from './socket-io-packets.js';
import type { Envelope, Packet, Socket } from './socket-io-packets.js';

// What a socket of Socket.IO sends: each packet says where it comes from, and who waits for an answer comes after it.

/** The frames of those who wait for an acknowledgement, by its number. */
const waiting = new WeakMap<object, Map<number, Frame>>();

/** The frames of those who have sent packets that wait for a connection. */
const buffered = new WeakMap<Packet, Frame>();

/** The socket whose program calls `emit` right now. What is sent otherwise, a client has kept, and it is not known for whom. */
let emitting: unknown;

/** Stands for `emit(name, …)`. */
export const emits: Replace = (method) =>
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
export const drains: Replace = (method) =>
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
export const opens: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    return runIn(offeringFrame(branch(currentFrame())), method, this, args);
  };

/** Stands for `packet(packet, …)`, which sends one. */
export const sends: Replace = (method) =>
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
export const connects: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const { type, data } = args[0] as unknown as Packet;
    // After a reconnect it may be another server.
    if (type === CONNECT && Object(data).throughline !== undefined) agreed.add(this);
    else if (type === CONNECT) agreed.delete(this);
    return Reflect.apply(method, this, args);
  } as never;

/** Stands for `onack(packet)`: who waits for the answer comes after what the other side has done for it. */
export const isAnswered: Replace = (method) =>
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
export const asks: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    return followMethod(() => Reflect.apply(method, this, args));
  };
