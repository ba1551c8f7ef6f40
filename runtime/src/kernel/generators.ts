import { resumeInCaller, suspend } from './activation.js';
import { branch } from './frame.js';
import type { Frame } from './frame.js';
import { currentFrame, enter as enterFrame, wayBackOfStep } from './current.js';
import { here } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { stepped } from './steps.js';
import { activate, waitFor } from './strand.js';
import type { Strand } from './strand.js';
import { prepareForEngine } from './thenable.js';

/** Starts a strand in the current frame, at the head of a body: an async generator at its first `next()`. */
export function enter(): Strand {
  const parent = currentFrame();
  return enterIn(branch(parent), parent);
}

/** Starts a strand in the frame in which a generator was created. */
export function enterCreated(created: Frame): Strand {
  return enterIn(branch(created), currentFrame());
}

function enterIn(frame: Frame, parent: Frame): Strand {
  const outer = wayBackOfStep(parent);
  enterFrame(parent, frame);
  return (stepped.latest = activate(frame, outer));
}

/**
 * Leaves the strand where the platform awaits a value that does not come back through `resume`: a step of an
 * iterator, a `yield`, the `return` of an async generator. An object whose `then` is not callable cannot be
 * boxed there, because nothing would unwrap it.
 */
export function pause(strand: Strand, result: unknown): unknown {
  const { value, ending } = prepareForEngine(result, here.frame);
  suspend(strand, undefined);
  waitFor(strand, ending);
  return value;
}

/** Leaves the strand at a `yield` of a plain generator and returns the yielded value. */
export function leaveAtYield<T>(strand: Strand, value: T): T {
  suspend(strand, undefined);
  return value;
}

/** Leaves the strand at a `yield` of an async generator, as `pause` does, and notes that the next step is a caller's. */
export function pauseAtYield(strand: Strand, result: unknown): unknown {
  stepped.yielded.add(strand);
  return pause(strand, result);
}

/** Resumes after a `yield`, in the frame of the caller of `next()`, joined with the generator's own. */
export function proceed<T>(strand: Strand, value: T): T {
  resumeInCaller(strand);
  return value;
}

/** Takes one step of an iterator. The promise of an instrumented async generator carries its strand. */
export function takeStep(iterator: object, call: () => unknown): unknown {
  const outer = stepped.latest;
  stepped.latest = undefined;
  try {
    const promise = call();
    if (!(promise instanceof Promise)) return promise;
    const strand = stepped.latest ?? stepped.strands.get(iterator);
    if (strand === undefined) return promise;
    if (stepped.latest === undefined)
      stepped.asked.set(strand, [...(stepped.asked.get(strand) ?? []), currentFrame()]);
    else stepped.strands.set(iterator, strand);
    if (endingOf(promise) === undefined) stampNew(promise, strand);
    return promise;
  } finally {
    stepped.latest = outer;
  }
}
