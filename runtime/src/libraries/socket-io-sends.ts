import { takeWrittenCallback } from '../callbacks/methods-by-class.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { offeringFrame } from '../operations/websocket-header.js';
import { senderText } from './message-event.js';
import type { Replace } from './replace.js';
import { awaitAnswers, isEmitting, newAwaited, whileEmitting } from './socket-io-answers.js';
import { agreed, CARRYING, CONNECT, isAgreed } from './socket-io-packets.js';
import type { Envelope, Packet, Socket } from './socket-io-packets.js';

// What a socket of Socket.IO sends: each packet says where it comes from.

/** The frames of those who have sent packets that wait for a connection. */
const buffered = new WeakMap<Packet, Frame>();

/** Stands for `emit(name, …)`. A callback runs when the answer comes, in the context of the code that has sent, which then comes after it. */
export const emits: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const before = this.sendBuffer?.length ?? 0;
    const hasCallback = typeof args.at(-1) === 'function' && isAgreed(this);
    const written = hasCallback ? takeWrittenCallback(args) : undefined;
    const given = written === undefined ? args : [...args.slice(0, -1), written as never];
    const result = whileEmitting(isDraining ? undefined : this, () =>
      Reflect.apply(method, this, given),
    );
    if (!isDraining) attempt(() => keepFrame(this, before));
    return result;
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
  if (id !== undefined && isEvent(type)) awaitAnswers(socket, id, newAwaited(frame));
  const throughline = runIn(branch(frame), senderText, undefined, []) as string;
  return { ...packet, data: [...(data as unknown[]), { throughline } satisfies Envelope] };
}

/** An acknowledgement is sent by the listener, an event by who calls `emit`, at once or earlier. */
function frameOfSender(socket: Socket, packet: Packet): Frame | undefined {
  return isEmitting(socket) ? currentFrame() : buffered.get(packet);
}

function isEvent(type: number): boolean {
  return type === 2 || type === 5;
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
