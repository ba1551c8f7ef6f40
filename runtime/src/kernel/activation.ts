import { joinEnding } from './endings.js';
import { isForeign } from './foreign.js';
import { branch, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here, returnTo } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { activate, adoptEnding, isOpen, leave, reenter, takeAwaited, waitFor } from './strand.js';
import type { Strand } from './strand.js';
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
): P {
  const outer = here.frame;
  const frame = branch(outer);
  const strand = activate(frame, outer);
  here.frame = frame;
  try {
    const promise =
      args === undefined ? body(strand) : body(strand, ...(args as unknown as never[]));
    stampNew(promise, strand);
    // A parameter's default threw before the body could end the strand.
    if (isOpen(strand)) leave(strand, here.frame);
    return promise;
  } finally {
    here.frame = returnTo(outer, strand.frame);
  }
}

/** Leaves the strand at an `await`, and returns what the engine has to wait for: `await suspend(strand, v)`. */
export function suspend(strand: Strand, value: unknown): unknown {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    const ending = endingOf(value);
    if (ending === undefined) {
      if (isForeign(value)) value = awaitable(strand, value);
    } else if (ending !== here.frame) {
      // A promise that ended where this strand stands has nothing to add. Not storing it keeps the
      // old strand from pointing at a young object, which costs a write barrier an await.
      waitFor(strand, ending);
    }
  }
  here.frame = leave(strand, here.frame);
  return value;
}

/** Enters the strand again after an `await`, and joins what it waited for. */
export function resume<T>(strand: Strand, value: T): T {
  here.frame = reenter(strand, here.frame);
  return strand.awaiting === undefined ? value : (takeIn(strand, value) as T);
}

/** Enters the strand if it is suspended: at the head of `catch` and `finally`, after `for await`. */
export function back(strand: Strand): void {
  if (!isOpen(strand)) resume(strand, undefined);
}

/** Ends the strand: what it ended with is what its promise carries from now on. */
export function end(strand: Strand): void {
  back(strand);
  here.frame = leave(strand, here.frame);
}

/** Rewrites `return value` of an async function: its promise also ends with what `value` ends with. */
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

/** The slow half of `resume`: joins what was awaited, or opens the box it came in. */
function takeIn(strand: Strand, value: unknown): unknown {
  here.frame = joinAwaited(strand, here.frame);
  return value instanceof Box ? value.content : value;
}

/** Returns a frame, joined with what the strand has waited for. */
export function joinAwaited(strand: Strand, frame: Frame): Frame {
  const ending = takeAwaited(strand);
  return ending === undefined ? frame : joinEnding(frame, ending);
}

/** Wraps a value that is no native promise for `await`: its `then` runs in this frame. */
function awaitable(strand: Strand, value: object): unknown {
  const foreign = wrapAwaited(value, here.frame);
  // A box is opened on resumption, which looks only when something is awaited.
  waitFor(strand, foreign.ending ?? OUTSIDE);
  return foreign.value;
}
