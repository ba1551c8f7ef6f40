import { branch, currentFrame, runIn } from '../kernel/index.js';
import { senderText } from '../methods/message-event.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { offeringFrame } from '../operations/websocket-header.js';
import {
  awaitAnswers,
  clients,
  emittingNow,
  newAwaited,
  whileEmitting,
  withCallback,
} from './socket-io-answers.js';
import type { Awaited } from './socket-io-answers.js';
import { agreed, CARRYING, CONNECT, isAgreed } from './socket-io-packets.js';
import type { Envelope, Packet, Socket } from './socket-io-packets.js';

// What a socket of Socket.IO sends: each packet says where it comes from.

/** Those who have sent packets that wait for a connection. */
const buffered = new WeakMap<Packet, Awaited>();

/** Stands for `emit(name, …)`. */
export const emits: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const before = this.sendBuffer?.length ?? 0;
    const by = newAwaited(currentFrame());
    const given = withCallback(args, by);
    const result = whileEmitting(isDraining ? undefined : { socket: this, by }, () =>
      Reflect.apply(method, this, given),
    );
    if (!isDraining) attempt(() => keepSender(this, before, by));
    return result;
  } as never;

function keepSender({ sendBuffer = [] }: Socket, before: number, by: Awaited): void {
  for (const packet of sendBuffer.slice(before)) buffered.set(packet, by);
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
    const frame = branch(currentFrame());
    return runIn(clients.areKnown ? offeringFrame(frame) : frame, method, this, args);
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
  const sender = isEvent(type) ? senderOf(socket, packet) : newAwaited(currentFrame());
  if (sender === undefined) return undefined;
  if (id !== undefined && isEvent(type)) awaitAnswers(socket, id, sender);
  const throughline = runIn(branch(sender.frame), senderText, undefined, []) as string;
  return { ...packet, data: [...(data as unknown[]), { throughline } satisfies Envelope] };
}

/** An acknowledgement is sent by the listener, an event by who calls `emit`, at once or earlier. */
function senderOf(socket: Socket, packet: Packet): Awaited | undefined {
  return emittingNow(socket) ?? buffered.get(packet);
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
