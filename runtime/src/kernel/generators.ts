import { shared } from './realm.js';
import { joinAwaited, suspend } from './activation.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { activate, reenter, waitFor } from './strand.js';
import type { Strand } from './strand.js';
import { prepareForEngine } from './thenable.js';

const stepped = shared('stepped', {
  /**
   * The strand of the generator that was entered last. Whoever calls `next()` clears it before, and so
   * learns whose body that call has run.
   */
  latest: undefined as Strand | undefined,
  /** The strand of each async generator that a compiled caller has stepped. */
  strands: new WeakMap<object, Strand>(),
  /** Frames of callers whose steps wait until the generator gets to them. */
  asked: new WeakMap<Strand, Frame[]>(),
});

/** Makes a strand of a body that entered by itself: an async generator at its first `next()`. */
export function enter(): Strand {
  const outer = here.frame;
  const frame = branch(outer);
  here.frame = frame;
  return (stepped.latest = activate(frame, outer));
}

/** The same in the frame in which a generator was made. */
export function enterCreated(created: Frame): Strand {
  const outer = here.frame;
  here.frame = branch(created);
  return (stepped.latest = activate(here.frame, outer));
}

/**
 * Leaves the strand where the platform awaits something that does not come back through `resume`:
 * a step of an iterator, a `yield`, the `return` of an async generator. What only looks like a
 * thenable cannot go in a box there.
 */
export function pause(strand: Strand, result: unknown): unknown {
  const { value, ending } = prepareForEngine(result, here.frame);
  suspend(strand, undefined);
  waitFor(strand, ending);
  return value;
}

/** Leaves the strand at a `yield` of a plain generator, with the value that it gives. */
export function leaveFor<T>(strand: Strand, value: T): T {
  suspend(strand, undefined);
  return value;
}

/** Goes on after a `yield`, in the frame of whoever called `next()`, joined with its own. */
export function proceed<T>(strand: Strand, value: T): T {
  const own = joinAwaited(strand, strand.frame);
  stepped.latest = strand;
  // A step that was asked for ahead begins when the platform gets to it.
  const caller =
    here.frame === OUTSIDE ? (stepped.asked.get(strand)?.shift() ?? here.frame) : here.frame;
  reenter(strand, here.frame);
  here.frame = joinFrames(branch(caller), own);
  return value;
}

/** Calls one step of an iterator; the promise of a compiled async generator carries its strand. */
export function takeStep(iterator: object, call: () => unknown): unknown {
  const outer = stepped.latest;
  stepped.latest = undefined;
  try {
    const promise = call();
    if (!(promise instanceof Promise)) return promise;
    const strand = stepped.latest ?? stepped.strands.get(iterator);
    if (strand === undefined) return promise;
    if (stepped.latest === undefined)
      stepped.asked.set(strand, [...(stepped.asked.get(strand) ?? []), here.frame]);
    else stepped.strands.set(iterator, strand);
    if (endingOf(promise) === undefined) stampNew(promise, strand);
    return promise;
  } finally {
    stepped.latest = outer;
  }
}
