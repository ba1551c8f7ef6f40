import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { followMethod, noteReached } from '../operations/followed.js';
import { joinResponse } from '../operations/trace-headers.js';
import { client } from '../xtrace/log.js';
import { traceOfProcess } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';
import type { Replace } from './replace.js';
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

/** Returns who waits for an answer that has come. A broadcast gets several. */
function awaitedBy(socket: Socket, id: number | undefined): Awaited | undefined {
  if (id === undefined) return undefined;
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

/** Stands for `emitWithAck(…)`. */
export const asks: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    return followMethod(() => Reflect.apply(method, this, args));
  };

/** The socket whose program calls `emit` right now. What is sent otherwise, a client has kept, and it is not known for whom. */
let emitting: unknown;

export function isEmitting(socket?: object): boolean {
  return emitting !== undefined && (socket === undefined || socket === emitting);
}

/** Calls a function while a socket's program calls `emit`. */
export function whileEmitting<T>(socket: object | undefined, call: () => T): T {
  const outer = emitting;
  emitting = socket;
  try {
    return call();
  } finally {
    emitting = outer;
  }
}
