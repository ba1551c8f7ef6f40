import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { pack, unpack } from '../threads/baggage.js';
import type { Baggage } from '../threads/baggage.js';

/** The variable by which a process tells one that it forks that it takes our messages. */
export const CHANNEL = 'THROUGHLINE_IPC';

/**
 * What is sent before a message of the program. Node tells the program of no message whose `cmd` begins in this way (Node, "Child process",
 * `subprocess.send`).
 */
interface Ours {
  readonly cmd: typeof COMMAND;
  /** The slots of the sender; without them, the other side says that it takes such messages. */
  readonly baggage?: Baggage;
}

const COMMAND = 'NODE_THROUGHLINE';

/** One end of a channel between processes: a child, or `process` in a child. */
export interface ProcessEnd {
  readonly connected?: boolean;
  send?: (...args: never[]) => unknown;
  emit: AnyMethod;
}

/** An end whose other side may take our messages. */
interface Channel {
  /** True once the other side has said so. */
  isOpen: boolean;
  /** The frame of the next message. */
  next: Frame | undefined;
}

/**
 * Has the messages of the program take the slots of the sender along, in a message of ours before each, once the other side has said that it
 * takes them. Listeners of messages run in the sender's context.
 */
export function followMessages(end: ProcessEnd): void {
  const channel: Channel = { isOpen: false, next: undefined };
  carryWithMessages(end, channel);
  const { emit } = end;
  define(end, 'emit', function (this: unknown, name: unknown, ...args: unknown[]): unknown {
    if (name === 'internalMessage' && attempt(() => take(channel, args[0]))) return true;
    const { next } = channel;
    const given = [name, ...args] as never[];
    if (name !== 'message' || next === undefined) return Reflect.apply(emit, this, given);
    channel.next = undefined;
    return runIn(next, emit as AnyFunction, this, given);
  });
}

/** Follows the messages of this process with the one that has forked it, if that takes ours. */
export function followParent(): void {
  const { env } = process;
  const isAsked = env[CHANNEL] !== undefined;
  // What this process starts has no such channel because of it, and the program need not see it.
  delete env[CHANNEL];
  if (!isAsked || process.send === undefined) return;
  followMessages(process as unknown as ProcessEnd);
  attempt(() => process.send!({ cmd: COMMAND } satisfies Ours, undefined, undefined, ignore));
}

function carryWithMessages(end: ProcessEnd, channel: Channel): void {
  const send = end.send as AnyMethod;
  define(end, 'send', function (this: unknown, ...args: unknown[]): unknown {
    const baggage = channel.isOpen && end.connected ? pack(branch(currentFrame())) : undefined;
    if (baggage) {
      const ours: Ours = { cmd: COMMAND, baggage };
      attempt(() => Reflect.apply(send, end, [ours, undefined, undefined, ignore] as never[]));
    }
    return Reflect.apply(send, this, args as never[]);
  });
}

/** Returns true for a message of ours. */
function take(channel: Channel, message: unknown): boolean {
  const { cmd, baggage } = Object(message) as Partial<Ours>;
  if (cmd !== COMMAND) return false;
  channel.isOpen = true;
  if (baggage) channel.next = unpack(baggage);
  return true;
}

/** Gives an object a method of its own, with the shape of the one it had. */
function define(end: ProcessEnd, name: 'emit' | 'send', value: AnyMethod): void {
  const { length } = end[name] as AnyMethod;
  Object.defineProperties(value, { name: { value: name }, length: { value: length } });
  const enumerable = Object.prototype.propertyIsEnumerable.call(end, name);
  Object.defineProperty(end, name, { value, enumerable, configurable: true, writable: true });
}

/** A message of ours that could not be sent is nobody's concern: the program's own says it. */
function ignore(): void {}
