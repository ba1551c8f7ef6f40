import { currentFrame } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import type { Replace } from './replace.js';

// Streams that programs write to: what must wait in one is sent later, when something else runs.

/** The frames of the code that has written what waits, in its order. */
const written = new WeakMap<object, Frame[]>();

function writtenTo(stream: object): Frame[] {
  const known = written.get(stream);
  if (known) return known;
  const made: Frame[] = [];
  written.set(stream, made);
  return made;
}

/** A stream that can be written to. */
interface Writable {
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
}

/** Notes the frame of a chunk that a method takes, unless it refuses it. */
function noting(stream: Writable, take: () => unknown): unknown {
  if (stream.destroyed || stream.writableEnded) return take();
  const frames = writtenTo(stream);
  const frame = currentFrame();
  frames.push(frame);
  try {
    return take();
  } catch (error) {
    frames.pop();
    throw error;
  }
}

/** Stands for `write(chunk, …)`. */
export const writes: Replace = (method) =>
  function (this: Writable, ...args: never[]): unknown {
    return noting(this, () => Reflect.apply(method, this, args));
  };

/** Stands for `end(chunk, …)`. */
export const ends: Replace = (method) =>
  function (this: Writable, ...args: never[]): unknown {
    const [chunk] = args as readonly unknown[];
    const end = (): unknown => Reflect.apply(method, this, args);
    const hasChunk = chunk !== undefined && chunk !== null && typeof chunk !== 'function';
    return hasChunk ? noting(this, end) : end();
  };

/** Returns the frame of the code that has written what a stream sends next. */
export function takeWritten(stream: object): Frame | undefined {
  return writtenTo(stream).shift();
}
