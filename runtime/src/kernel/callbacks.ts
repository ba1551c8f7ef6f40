import { applyEntered } from './entered.js';
import { noteFailure } from './failures.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import {
  calledByPlatform,
  cameFromOutside,
  enterNow,
  goBack,
  goBackEntering,
  goBackTo,
  strandFrame,
} from './current.js';
import { here } from './here.js';
import { tokensWithSpawn } from './token.js';

/**
 * Runs `fn` in `frame` and restores the current frame afterwards, also when `fn` throws. `ended`, if passed,
 * is called with the frame that `fn` ended in.
 */
export function runIn<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
  ended?: (frame: Frame) => void,
): R {
  const outer = enterNow(frame);
  try {
    return Reflect.apply(fn, receiver, args) as R;
  } finally {
    if (ended !== undefined) ended(here.frame);
    goBack(outer, here.frame);
  }
}

/**
 * Calls a callback of the program in `frame`. Slots it sets with `enterWith` reach a synchronous caller, as with
 * any call. An error is noted but not caught: catching it would change the source line that Node prints.
 */
export function callIn<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
): R {
  const outer = enterNow(frame);
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
 * Calls a callback that takes no argument or one, as `callIn` does. Most timers and events do. An array literal
 * inside `Reflect.apply` is never allocated, which makes an event a quarter cheaper.
 */
export function callShort<R>(
  frame: Frame,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  count: number,
  argument: unknown,
): R {
  const outer = enterNow(frame);
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

/** Returns true if a callback tied to `frame` would run in exactly the current frame. */
export function isPlainlyHere(frame: Frame): boolean {
  return (
    here.frame === frame &&
    strandFrame() === frame &&
    frame !== OUTSIDE &&
    frame.cause === undefined &&
    tokensWithSpawn.length === 0
  );
}

/** Calls a callback for which `isPlainlyHere` is true: the event was triggered in the frame of registration. */
export function callHere<R>(
  frame: Frame,
  fn: (this: never, argument: never) => R,
  receiver: unknown,
  argument: unknown,
): R {
  try {
    return Reflect.apply(fn, receiver, [argument]) as R;
  } finally {
    if (here.frame !== frame) goBackEntering(frame, here.frame);
  }
}

/** Restores the caller's frame after a callback that started in the frame `started`. */
function leaveCall(outer: Frame, started: Frame, threw: boolean): void {
  const ended = here.frame;
  const after = ended.entered === started.entered ? outer : applyEntered(outer, started, ended);
  goBackTo(outer, after, ended);
  if (outer === OUTSIDE) calledByPlatform();
  if (threw && cameFromOutside(outer)) noteFailure(ended);
}
