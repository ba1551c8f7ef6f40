import { shared } from './realm.js';
import { joinAwaited, suspend } from './activation.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { currentFrame, enter as enterFrame, wayBackOfStep } from './current.js';
import { here } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { activate, reenter, waitFor } from './strand.js';
import type { Strand } from './strand.js';
import { prepareForEngine } from './thenable.js';

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

/** Resumes after a `yield`, in the frame of the caller of `next()`, joined with the generator's own. */
export function proceed<T>(strand: Strand, value: T): T {
  const own = joinAwaited(strand, strand.frame);
  stepped.latest = strand;
  // A step requested while another one ran: the platform begins it now, and its caller's frame was queued.
  const parent = currentFrame();
  const caller = here.frame === OUTSIDE ? (stepped.asked.get(strand)?.shift() ?? parent) : parent;
  reenter(strand, wayBackOfStep(parent));
  enterFrame(parent, joinFrames(branch(caller), own));
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
