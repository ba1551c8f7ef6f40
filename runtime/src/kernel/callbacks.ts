import { enteredInto } from './entered.js';
import { noteFailure } from './failures.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here, returnTo } from './here.js';
import { tokensWithSpawn } from './token.js';

/**
 * Runs `fn` in `frame` and goes back, whatever happens. Returns the frame it ended with through
 * `ended`, when somebody wants to know.
 */
export function runIn<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
  ended?: (frame: Frame) => void,
): R {
  const outer = here.frame;
  here.frame = frame;
  try {
    return Reflect.apply(fn, receiver, args) as R;
  } finally {
    if (ended !== undefined) ended(here.frame);
    here.frame = outer;
  }
}

/**
 * Calls a callback of the program in `frame`. What it enters reaches a caller that waits for it, as with
 * any call. What it throws is not touched, only noted: catching it would move the place that Node prints.
 */
export function callIn<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
): R {
  const outer = here.frame;
  here.frame = frame;
  let threw = true;
  try {
    const result = Reflect.apply(fn, receiver, args) as R;
    threw = false;
    return result;
  } finally {
    leaveCall(outer, frame, threw);
  }
}

/**
 * The same for the callbacks of timers and of most events, which are given nothing or one value. An array
 * that is written where it is applied is never made: an event costs a quarter less.
 */
export function callShort<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  count: number,
  argument: unknown,
): R {
  const outer = here.frame;
  here.frame = frame;
  let threw = true;
  try {
    const result =
      count === 0 ? Reflect.apply(fn, receiver, []) : Reflect.apply(fn, receiver, [argument]);
    threw = false;
    return result as R;
  } finally {
    leaveCall(outer, frame, threw);
  }
}

/** Whether a callback that is tied to this frame would run in the very one that is current. */
export function isPlainlyHere(frame: Frame): boolean {
  return (
    here.frame === frame &&
    frame !== OUTSIDE &&
    frame.cause === undefined &&
    tokensWithSpawn.length === 0
  );
}

/** Calls it there: an emitter that is triggered where its listener was registered. */
export function callHere<R>(
  frame: Frame,
  fn: (this: never, argument: never) => R,
  receiver: unknown,
  argument: unknown,
): R {
  try {
    return Reflect.apply(fn, receiver, [argument]) as R;
  } finally {
    if (here.frame !== frame) here.frame = returnTo(frame, here.frame);
  }
}

/** Goes back to whoever called, after a callback that was started in a frame. */
function leaveCall(outer: Frame, started: Frame, threw: boolean): void {
  const ended = here.frame;
  here.frame = ended.entered === started.entered ? outer : enteredInto(outer, started, ended);
  if (threw && outer === OUTSIDE) noteFailure(ended);
}
