import { takeWrittenCallback } from '../callbacks/methods-by-class.js';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { followMethod, noteReached } from '../operations/followed.js';
import { joinResponse } from '../operations/trace-headers.js';
import { client } from '../xtrace/log.js';
import { traceOfProcess } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';
import { isAgreed, MOST_WAITING, takeSender } from './socket-io-packets.js';
import type { Packet, Socket } from './socket-io-packets.js';

// Who waits for acknowledgements comes after what the other sides have done before they sent them.

/** The code that waits for acknowledgements of what it has sent. */
export interface Awaited {
  /** The trace with which it has sent. */
  readonly trace: Trace;
  /** Its frame, after those that have answered so far. */
  frame: Frame;
}

export function newAwaited(frame: Frame): Awaited {
  return { frame, trace: frame.get(client.traceSlot) ?? traceOfProcess() };
}

/** Who waits, by the socket or the namespace that counts what is sent, and by the number. */
const awaited = new WeakMap<object, Map<number, Awaited>>();

/** Notes who waits for the answers to what was sent with a number. */
export function awaitAnswers(counter: object, id: number, one: Awaited): void {
  let known = awaited.get(counter);
  if (known === undefined) awaited.set(counter, (known = new Map()));
  known.set(id, one);
  if (known.size > MOST_WAITING) known.delete(known.keys().next().value!);
}

/** Returns who waits for an answer that has come. A broadcast gets several, but one from each socket. */
function awaitedBy(socket: Socket, id: number | undefined): Awaited | undefined {
  if (id === undefined || (socket.acks instanceof Map && !socket.acks.has(id))) return undefined;
  const own = awaited.get(socket);
  const one = own?.get(id);
  own?.delete(id);
  return one ?? awaited.get(Object(socket.nsp) as object)?.get(id);
}

/** Stands for `onack(packet)`. */
export const isAnswered: Replace = (method) =>
  function (this: Socket, ...args: never[]): unknown {
    const packet = args[0] as unknown as Packet;
    const sender = isAgreed(this) ? attempt(() => takeSender(packet)) : undefined;
    const one = awaitedBy(this, packet.id);
    if (sender === undefined || one === undefined) return Reflect.apply(method, this, args);
    const answer = (): unknown => {
      attempt(() => {
        joinResponse(one, sender.headers['traceparent'] as string);
        noteReached();
        one.frame = currentFrame();
      });
      return Reflect.apply(method, this, args);
    };
    return runIn(branch(one.frame), answer, undefined, []);
  } as never;

/** Stands for `emitWithAck(…)` of a client. Versions without it have another protocol, and are not to offer anything. */
export const asksOfClient: Replace = (method) => {
  clients.areKnown = true;
  return asks(method);
};

export const clients = { areKnown: false };

/** Stands for `emitWithAck(…)`. */
export const asks: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    return followMethod(() => Reflect.apply(method, this, args));
  };

/** The socket whose program calls `emit` right now, and who does. What is sent otherwise, a client has kept, and it is not known for whom. */
let emitting: { readonly socket: object; readonly by: Awaited } | undefined;

/** Returns who calls `emit` right now, of this socket or of any. */
export function emittingNow(socket?: object): Awaited | undefined {
  return socket === undefined || socket === emitting?.socket ? emitting?.by : undefined;
}

/** Calls a function while the program of a socket calls `emit`. */
export function whileEmitting<T>(now: typeof emitting, call: () => T): T {
  const outer = emitting;
  emitting = now;
  try {
    return call();
  } finally {
    emitting = outer;
  }
}

/** Returns the arguments of `emit` with a callback that runs in the context of the code that has sent, after those that have answered. */
export function withCallback(args: never[], awaited: Awaited): never[] {
  const written = typeof args.at(-1) === 'function' ? takeWrittenCallback(args) : undefined;
  if (written === undefined) return args;
  const answered = function (this: unknown, ...given: unknown[]): unknown {
    return runIn(branch(awaited.frame), written as never, this, given);
  };
  return [...args.slice(0, -1), copyFunctionShape(answered as never, written) as never];
}
