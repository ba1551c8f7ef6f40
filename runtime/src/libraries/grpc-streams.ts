import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { currentMessage } from '../methods/message-event.js';
import { iterates } from '../methods/message-iterators.js';
import type { Replace } from '../methods/replace.js';
import { ends, takeWritten, writes } from '../methods/written-frames.js';
import { frameAfterAll } from './grpc-messages.js';

// The streams of gRPC that programs write to and read from. A message that must wait in one is sent, or handled, later, when something else
// runs.

/** Stands for `_write(chunk, …)`, which sends: in the context of the code that has written the chunk. */
const sends: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    const frame = takeWritten(this);
    if (frame === undefined || frame === currentFrame()) return Reflect.apply(method, this, args);
    return runIn(branch(frame), method, this, args);
  };

/** What a stream has got that nobody has read yet. */
interface Unread {
  /** The frame of each message; undefined for one that belongs to no frame of its own. */
  readonly frames: (Frame | undefined)[];
  /** The frame of the message that was read last. */
  latest: Frame | undefined;
}

const unread = new WeakMap<object, Unread>();

function unreadOf(stream: object): Unread {
  const known = unread.get(stream);
  if (known) return known;
  const made: Unread = { frames: [], latest: undefined };
  unread.set(stream, made);
  return made;
}

/** Stands for `push(chunk)`, by which a message comes. */
const takes: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    const [chunk] = args as readonly unknown[];
    if (chunk !== null) unreadOf(this).frames.push(currentMessage());
    return Reflect.apply(method, this, args);
  };

/** Stands for `unshift(chunk)`, by which the program gives a message back. */
const takesBack: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    const [chunk] = args as readonly unknown[];
    const { frames, latest } = unreadOf(this);
    if (chunk !== null) frames.unshift(latest);
    return Reflect.apply(method, this, args);
  };

/** Stands for `emit(name, …)`. Each message that is read is told of by `data`, also where nobody listens; `end` comes after the last one. */
const emits: Replace = (method) =>
  function (this: object, ...args: never[]): unknown {
    const [name] = args as readonly unknown[];
    const frame = frameOfEvent(name, unreadOf(this));
    return frame ? runIn(frame, method, this, args) : Reflect.apply(method, this, args);
  };

function frameOfEvent(name: unknown, own: Unread): Frame | undefined {
  if (name === 'data') return (own.latest = own.frames.shift());
  return name === 'end' && own.latest ? frameAfterAll(own.latest) : undefined;
}

const iteratesHere = iterates((stream) => unreadOf(stream).latest);

export const writable = { write: writes, _write: sends };
export const writableByClient = { ...writable, end: ends };
export const readable = {
  ...{ push: takes, unshift: takesBack, emit: emits, iterator: iteratesHere },
  [Symbol.asyncIterator]: iteratesHere,
};
