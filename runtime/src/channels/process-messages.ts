import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { pack, unpack } from '../threads/baggage.js';
import type { Baggage } from '../threads/baggage.js';
import { variable } from './variable.js';

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
  /** The number of the message that they belong to, from 0: Node keeps messages until somebody listens, and tells of ours at once. */
  readonly of?: number;
}

const COMMAND = 'NODE_THROUGHLINE';

/** One end of a channel between processes: a child, or `process` in a child. */
export interface ProcessEnd {
  readonly connected?: boolean;
  /** What waits for a handle that is on its way (lib/internal/child_process.js). */
  readonly _handleQueue?: unknown;
  send?: (...args: never[]) => unknown;
  emit: AnyMethod;
}

/** An end whose other side may take our messages. */
interface Channel {
  /** True once the other side has said so. */
  isOpen: boolean;
  /** How many messages of the program were sent, and how many have come. */
  sent: number;
  received: number;
  /** The frames of messages that have not come yet, by their numbers. */
  readonly frames: Map<number, Frame>;
}

/** How many frames may wait. A program that never listens must not fill its memory. */
const MOST_FRAMES = 4096;

/**
 * Has the messages of the program take the slots of the sender along, in a message of ours before each, once the other side has said that it
 * takes them. Listeners of messages run in the sender's context.
 */
export function followMessages(end: ProcessEnd): void {
  const channel: Channel = { isOpen: false, sent: 0, received: 0, frames: new Map() };
  carryWithMessages(end, channel);
  const { emit } = end;
  define(end, 'emit', function (this: unknown, name: unknown, ...args: unknown[]): unknown {
    if (name === 'internalMessage' && attempt(() => take(channel, args[0]))) return true;
    const given = [name, ...args] as never[];
    const frame = name === 'message' ? frameOf(channel.received++, channel) : undefined;
    return frame
      ? runIn(frame, emit as AnyFunction, this, given)
      : Reflect.apply(emit, this, given);
  });
}

/** Takes the frame of a message, by its number. */
function frameOf(number: number, { frames }: Channel): Frame | undefined {
  const frame = frames.get(number);
  frames.delete(number);
  return frame;
}

/** Follows the messages of this process with the one that has forked it, if that takes ours. */
export function followParent(): void {
  if (variable(CHANNEL) === undefined) return;
  // What this process starts has no such channel because of it, and the program need not see it.
  delete process.env[CHANNEL];
  if (process.send === undefined) return;
  followMessages(process as unknown as ProcessEnd);
  attempt(() => process.send!({ cmd: COMMAND } satisfies Ours, undefined, undefined, ignore));
}

function carryWithMessages(end: ProcessEnd, channel: Channel): void {
  const send = end.send as AnyMethod;
  define(end, 'send', function (this: unknown, ...args: unknown[]): unknown {
    // Those of Node itself, such as a cluster's, are told to no program.
    if (isInternal(args[0])) return Reflect.apply(send, this, args as never[]);
    const baggage = mayCarry(end, channel) ? pack(branch(currentFrame())) : undefined;
    if (baggage) {
      const ours: Ours = { cmd: COMMAND, baggage, of: channel.sent };
      attempt(() => Reflect.apply(send, end, [ours, undefined, undefined, ignore] as never[]));
    }
    const result = Reflect.apply(send, this, args as never[]);
    // One that cannot be sent throws.
    channel.sent++;
    return result;
  });
}

/** Where a handle is on its way, what follows waits for it, and `send` tells the program so. */
function mayCarry(end: ProcessEnd, { isOpen }: Channel): boolean {
  return isOpen && end.connected === true && !end._handleQueue;
}

function isInternal(message: unknown): boolean {
  const { cmd } = Object(message) as { cmd?: unknown };
  return typeof cmd === 'string' && cmd.startsWith('NODE_');
}

/** Returns true for a message of ours. */
function take(channel: Channel, message: unknown): boolean {
  const { cmd, baggage, of } = Object(message) as Partial<Ours>;
  if (cmd !== COMMAND) return false;
  channel.isOpen = true;
  if (baggage === undefined || of === undefined) return true;
  const { frames } = channel;
  frames.set(of, unpack(baggage));
  if (frames.size > MOST_FRAMES) frames.delete(frames.keys().next().value!);
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
