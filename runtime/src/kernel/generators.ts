import { shared } from './realm.js';
import { generators, joinAwaited, suspend } from './activation.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { currentFrame, enter as enterFrame, wayBackOfStep } from './current.js';
import { here } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { activate, reenter, waitFor } from './strand.js';
import type { Strand } from './strand.js';
import { prepareForEngine } from './thenable.js';

/** What is known of generators between their steps. */
const stepped = shared('stepped', {
  /**
   * The strand of the generator that was entered last. `takeStep` clears it before the call, and so learns
   * which generator's body the call has run.
   */
  latest: undefined as Strand | undefined,
  /** The strand of each async generator that instrumented code has stepped. */
  strands: new WeakMap<object, Strand>(),
  /** Frames of callers whose steps the generator has not begun yet. */
  asked: new WeakMap<Strand, Frame[]>(),
  /** Async generators that are suspended at a `yield`, and whose body sees the caller of the next step. */
  yielded: new WeakSet<Strand>(),
});

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
  generators.resumeYielded ??= resumeYielded;
  return pause(strand, result);
}

/** Resumes after a `yield`, in the frame of the caller of `next()`, joined with the generator's own. */
export function proceed<T>(strand: Strand, value: T): T {
  resumeInCaller(strand);
  return value;
}

function resumeYielded(strand: Strand): boolean {
  if (!stepped.yielded.has(strand)) return false;
  resumeInCaller(strand);
  return true;
}

/** Enters the strand of a generator again in the frame of whoever requested the step, joined with its own. */
function resumeInCaller(strand: Strand): void {
  const own = joinAwaited(strand, strand.frame);
  stepped.latest = strand;
  stepped.yielded.delete(strand);
  // A step requested while another one ran, or by `return()`: the platform begins it now, and its caller's frame was
  // queued.
  const parent = currentFrame();
  const caller = here.frame === OUTSIDE ? (stepped.asked.get(strand)?.shift() ?? parent) : parent;
  reenter(strand, wayBackOfStep(parent));
  enterFrame(parent, joinFrames(branch(caller), own));
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
