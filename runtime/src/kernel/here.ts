import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { shared } from './realm.js';

/** The part of the engine's AsyncLocalStorage that is used. */
export interface EngineStorage {
  getStore(): Frame | undefined;
  enterWith(frame: Frame | undefined): void;
  disable(): void;
}

/**
 * The frame of the running code: one cell per realm, shared by all loaded copies of the runtime. A field of a
 * constant object costs what a variable does; a live binding or an accessor pair costs 2 to 4 times as much.
 *
 * Only files of this folder assign it. Code that enters a frame leaves it on every path, so between two
 * strands it is OUTSIDE again.
 */
export const here = shared('here', {
  frame: OUTSIDE,
  /** The engine's storage, which holds the frame as well (bridge.ts); undefined where the bridge is closed. */
  storage: undefined as EngineStorage | undefined,
  /** With the bridge open: what was set last where no strand runs. The storage holds it, and no strand has it. */
  setOutside: OUTSIDE,
  resetQueued: false,
});

/** A function of any signature; its callers cast. */
export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** A function as its callers' arguments are passed on: any receiver, any arguments. */
export type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

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
    here.setOutside = OUTSIDE;
  });
}
