import { runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { messageFrame } from '../methods/message-event.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { continueFromMessage } from '../operations/messages.js';
import { isAgreed, isKnown, MOST_WAITING, takeSender } from './socket-io-packets.js';
import type { Packet, Socket } from './socket-io-packets.js';

// What a socket of Socket.IO hears: its listeners run in the task of the sender.

/** An event that a server has got, and will tell its listeners of in a later tick. */
interface Coming {
  /** Its name and arguments. A middleware may refuse it, and then nobody keeps them. */
  readonly args: WeakRef<readonly unknown[]>;
  readonly frame: Frame;
}

const coming = new WeakMap<object, Coming[]>();

/** Stands for `onevent(packet)`: listeners run after an event for it, in the task of the sender. */
export const hears: Replace = (method) =>
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
    () => continueFromMessage(sender),
  );
}

function keepComing(socket: object, args: readonly unknown[], frame: Frame): void {
  const list = coming.get(socket);
  const event = { args: new WeakRef(args), frame };
  if (list === undefined) coming.set(socket, [event]);
  else if (list.push(event) > MOST_WAITING) list.shift();
}

/** Stands for `run(event, next)` of a server's socket, which asks the middlewares. */
export const filters: Replace = (method) =>
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
export const tells: Replace = (method) =>
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
