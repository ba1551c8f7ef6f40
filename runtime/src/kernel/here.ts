import { shared } from './realm.js';
import { applyEntered } from './entered.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';

/**
 * The frame of the running code: one cell per realm, shared by all loaded copies of the runtime. A field of a
 * constant object costs what a variable does; a live binding or an accessor pair costs 2 to 4 times as much.
 *
 * Only files of this folder assign it. Code that enters a frame leaves it on every path, so between two
 * strands it is OUTSIDE again.
 */
export const here = shared('here', { frame: OUTSIDE, resetQueued: false });

/** A function of any signature; its callers cast. */
export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** A function as its callers' arguments are passed on: any receiver, any arguments. */
export type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/** Returns the frame of the running code. */
export function currentFrame(): Frame {
  return here.frame;
}

/** Replaces the current frame. Every slot is set through this function. */
export function setCurrentFrame(frame: Frame): void {
  if (here.frame === OUTSIDE) resetSoon();
  here.frame = frame;
}

/** Returns the caller's frame after the synchronous part of a call that ended in `ended`. */
export function frameAfterCall(outer: Frame, ended: Frame): Frame {
  return ended.entered === outer.entered ? outer : applyEntered(outer, outer, ended);
}

// Bare realms, such as those of older test runners, have promises but no `queueMicrotask`.
const enqueue =
  typeof queueMicrotask === 'function'
    ? queueMicrotask
    : (work: () => void): void => void Promise.resolve().then(work);

/**
 * Queues a microtask that makes OUTSIDE current again. A slot set where no strand runs (the top level of a
 * module, uninstrumented code) lasts until that run of synchronous code is over, and no strand is there to
 * leave the frame.
 */
export function resetSoon(): void {
  if (here.resetQueued) return;
  here.resetQueued = true;
  enqueue(() => {
    here.resetQueued = false;
    here.frame = OUTSIDE;
  });
}
