import { shared } from './realm.js';
import { enteredInto } from './entered.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';

/**
 * The frame of the code that is running now: one cell a realm, whichever copies of the functions over it
 * are loaded. A field of a constant object costs what a variable does; behind a live binding or an
 * accessor pair the same functions cost 2 to 4 times as much.
 *
 * Only the files of this folder assign it. Whoever enters a frame leaves it on every path, so between two
 * strands it is OUTSIDE again.
 */
export const here = shared('here', { frame: OUTSIDE, resetQueued: false });

export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

export function currentFrame(): Frame {
  return here.frame;
}

/** Replaces the current frame: the one place where a slot is set. */
export function setCurrentFrame(frame: Frame): void {
  if (here.frame === OUTSIDE) resetSoon();
  here.frame = frame;
}

/** The caller's frame, when the synchronous part of what it called is over. */
export function returnTo(outer: Frame, ended: Frame): Frame {
  return ended.entered === outer.entered ? outer : enteredInto(outer, outer, ended);
}

// Bare realms, such as those of older test runners, have promises only.
const enqueue =
  typeof queueMicrotask === 'function'
    ? queueMicrotask
    : (work: () => void): void => void Promise.resolve().then(work);

/**
 * A slot set where no strand runs (the top level of a module, code that was not compiled) lasts
 * until that run of synchronous code is over. No strand is there to leave the frame, so a
 * microtask does it.
 */
export function resetSoon(): void {
  if (here.resetQueued) return;
  here.resetQueued = true;
  enqueue(() => {
    here.resetQueued = false;
    here.frame = OUTSIDE;
  });
}
