import { joinEnding } from './endings.js';
import { isForeign } from './foreign.js';
import { branch, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import {
  currentFrame,
  enter,
  enterResumed,
  goBackFromRun,
  leaveStrand,
  storeAgain,
  wayBack,
} from './current.js';
import { here } from './here.js';
import { endingOf, stamp } from './promise-stamp.js';
import { shared } from './realm.js';
import { activate, adoptEnding, isOpen, reenter, takeAwaited, waitFor } from './strand.js';
import type { Strand } from './strand.js';
import { withFirst } from './with-first.js';
import { Box, wrapAwaited, wrapThenable } from './thenable.js';

/**
 * Starts the strand of one activation of an async function with awaits.
 *
 *   function f(x) { return run(async (strand) => { ... }); }
 *
 * The synchronous part runs in a branch of the caller's frame; then the caller's frame is current
 * again, and the promise carries the strand.
 */
export function run<P extends Promise<unknown>>(
  body: (strand: Strand, ...args: never[]) => P,
  args?: ArrayLike<unknown>,
  /** Called in the new strand, before its code. */
  entered?: (strand: Strand) => void,
): P {
  const strand = begin();
  const outer = strand.outer!;
  try {
    entered?.(strand);
    const promise =
      args === undefined
        ? body(strand)
        : (Reflect.apply(body, undefined, withFirst(strand, args)) as P);
    // Code that was instrumented twice has stamped it already.
    stamp(promise, strand);
    return promise;
  } finally {
    leaveRun(strand, outer);
  }
}

/** Does what `run` does with a body that is made once, and takes the arguments of each call. */
export function runKept<P extends Promise<unknown>>(
  body: (strand: Strand, ...args: never[]) => P,
  one?: unknown,
  two?: unknown,
  three?: unknown,
  entered?: (strand: Strand) => void,
): P {
  const strand = begin();
  const outer = strand.outer!;
  try {
    entered?.(strand);
    const promise = body(strand, one as never, two as never, three as never);
    stamp(promise, strand);
    return promise;
  } finally {
    leaveRun(strand, outer);
  }
}

/** Opens a strand in a branch of the caller's frame, and makes that branch current. */
function begin(): Strand {
  const parent = currentFrame();
  const outer = wayBack(parent);
  const strand = activate(branch(parent), outer);
  enter(parent, strand.frame);
  return strand;
}

function leaveRun(strand: Strand, outer: Frame): void {
  // A parameter's default threw before the body could end the strand.
  if (isOpen(strand)) leaveStrand(strand);
  goBackFromRun(outer, strand.frame);
}

/** Leaves the strand at an `await` and returns the value for the engine to await: `await suspend(strand, v)`. */
export function suspend(strand: Strand, value: unknown): unknown {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    const ending = endingOf(value);
    if (ending === undefined) {
      if (isForeign(value)) value = awaitable(strand, value);
    } else if (ending !== here.frame) {
      // A promise that ended in this strand's own frame has nothing to add. Not storing it keeps the
      // old strand from pointing at a young object, which costs a write barrier per `await`.
      waitFor(strand, ending);
    }
  }
  leaveStrand(strand);
  return value;
}

/** Enters the strand again after an `await` and joins the ending it waited for. */
export function resume<T>(strand: Strand, value: T): T {
  reenter(strand, enterResumed(strand.frame));
  return strand.awaiting === undefined ? value : (takeIn(strand, value) as T);
}

/** What generators add (generators.ts), so that programs without them need not have their code. */
export const generators = shared('generators', {
  /** Resumes an async generator that a caller's `return()` or `throw()` has resumed at its `yield`. */
  resumeYielded: undefined as ((strand: Strand) => boolean) | undefined,
});

/** Enters the strand if it is suspended: at the head of `catch` and `finally`, after `for await`. */
export function resumeIfSuspended(strand: Strand): void {
  if (isOpen(strand)) return;
  if (generators.resumeYielded?.(strand)) return;
  resume(strand, undefined);
  // A loop or a caller of the generator may have resumed it, and not an `await`.
  storeAgain();
}

/** Ends the strand. From now on its promise carries the frame it ended with. */
export function end(strand: Strand): void {
  resumeIfSuspended(strand);
  leaveStrand(strand);
}

/** Stands at `return value` in an async function: the function's promise also takes over the ending of `value`. */
export function adopt(strand: Strand, value: unknown): unknown {
  const ending = endingOf(value);
  if (ending !== undefined || !isForeign(value)) {
    adoptEnding(strand, ending);
    return value;
  }
  const foreign = wrapThenable(value, here.frame);
  adoptEnding(strand, foreign.ending);
  return foreign.value;
}

/** The slow half of `resume`: joins the awaited ending, and unwraps a boxed value. */
function takeIn(strand: Strand, value: unknown): unknown {
  here.frame = joinAwaited(strand, here.frame);
  storeAgain();
  return value instanceof Box ? value.content : value;
}

/** Returns `frame` joined with the ending the strand waited for. */
export function joinAwaited(strand: Strand, frame: Frame): Frame {
  const ending = takeAwaited(strand);
  return ending === undefined ? frame : joinEnding(frame, ending);
}

/** Wraps a thenable for `await`, so that its `then` runs in the current frame. */
function awaitable(strand: Strand, value: object): unknown {
  const foreign = wrapAwaited(value, here.frame);
  // `resume` opens a box only when `awaiting` is set, so a box needs an ending too.
  waitFor(strand, foreign.ending ?? OUTSIDE);
  return foreign.value;
}
