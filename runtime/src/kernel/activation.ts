import { bridge, isDetour } from './bridge.js';
import { joinEnding } from './endings.js';
import { isForeign } from './foreign.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import {
  currentFrame,
  enter,
  enterResumed,
  goBack,
  goBackEntering,
  storeAgain,
  wayBack,
  wayBackOfStep,
} from './current.js';
import { here } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { activate, adoptEnding, isOpen, leave, reenter, takeAwaited, waitFor } from './strand.js';
import type { Strand } from './strand.js';
import { stepped } from './steps.js';
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
): P {
  const parent = currentFrame();
  const outer = wayBack(parent);
  const frame = branch(parent);
  const strand = activate(frame, outer);
  enter(parent, frame);
  try {
    const promise =
      args === undefined
        ? body(strand)
        : (Reflect.apply(body, undefined, withFirst(strand, args)) as P);
    stampNew(promise, strand);
    return promise;
  } finally {
    // A parameter's default threw before the body could end the strand.
    if (isOpen(strand)) leaveNow(strand);
    goBackEntering(outer, strand.frame, isDetour(outer) ? outer : strand.frame);
  }
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
  leaveNow(strand);
  return value;
}

function leaveNow(strand: Strand): void {
  const frame = here.frame;
  const outer = leave(strand, frame);
  if (here.storage === undefined) here.frame = outer;
  else leaveOverBridge(strand, outer, frame);
}

/**
 * Leaves a strand, which the engine will resume with what the storage holds after this. Where `run` called it, that is
 * still the strand's frame, and `run` goes back to the caller's.
 */
function leaveOverBridge(strand: Strand, outer: Frame, frame: Frame): void {
  if (!isDetour(outer)) {
    here.frame = outer === bridge.byEngine ? OUTSIDE : outer;
    return;
  }
  goBack(outer, frame);
  // `resume` looks into the storage only if something is awaited.
  if (strand.awaiting === undefined) waitFor(strand, OUTSIDE);
}

/** Enters the strand again after an `await` and joins the ending it waited for. */
export function resume<T>(strand: Strand, value: T): T {
  reenter(strand, enterResumed(strand.frame));
  return strand.awaiting === undefined ? value : (takeIn(strand, value) as T);
}

/** Enters the strand if it is suspended: at the head of `catch` and `finally`, after `for await`. */
export function resumeIfSuspended(strand: Strand): void {
  if (isOpen(strand)) return;
  if (stepped.yielded.has(strand)) {
    // A caller's `return()` or `throw()` has resumed a generator at its `yield`.
    resumeInCaller(strand);
    return;
  }
  resume(strand, undefined);
  // A loop or a caller of the generator may have resumed it, and not an `await`.
  storeAgain();
}

/** Enters the strand of a generator again in the frame of whoever requested the step, joined with its own. */
export function resumeInCaller(strand: Strand): void {
  const own = joinAwaited(strand, strand.frame);
  stepped.latest = strand;
  stepped.yielded.delete(strand);
  // A step requested while another one ran, or by `return()`: the platform begins it now, and its caller's frame was
  // queued.
  const parent = currentFrame();
  const caller = here.frame === OUTSIDE ? (stepped.asked.get(strand)?.shift() ?? parent) : parent;
  reenter(strand, wayBackOfStep(parent));
  enter(parent, joinFrames(branch(caller), own));
}

/** Ends the strand. From now on its promise carries the frame it ended with. */
export function end(strand: Strand): void {
  resumeIfSuspended(strand);
  leaveNow(strand);
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
