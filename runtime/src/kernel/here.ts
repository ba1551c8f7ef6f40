import { bridge, carriedOver, store } from './bridge.js';
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
export const here = shared('here', {
  frame: OUTSIDE,
  /** With the bridge open: what was set last where no strand runs. The store holds it, and no strand has it. */
  setOutside: OUTSIDE,
  resetQueued: false,
});

/** A function of any signature; its callers cast. */
export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** A function as its callers' arguments are passed on: any receiver, any arguments. */
export type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/** Returns the frame of the running code. Where no strand runs, it may have come over the bridge. */
export function currentFrame(): Frame {
  const { storage } = bridge;
  return storage === undefined ? here.frame : carriedOver(storage, here.frame);
}

/** Returns the frame of the running code if it did not come over the bridge; else OUTSIDE. */
export function strandFrame(): Frame {
  const frame = currentFrame();
  return frame === here.frame || frame === here.setOutside ? frame : OUTSIDE;
}

/** Replaces the current frame. Every slot is set through this function. */
export function setCurrentFrame(frame: Frame): void {
  const { storage } = bridge;
  if (here.frame === OUTSIDE) resetSoon();
  if (storage === undefined) {
    here.frame = frame;
    return;
  }
  if (here.frame === OUTSIDE) here.setOutside = frame;
  // In a scope that uninstrumented code has opened inside a strand, it ends with that scope.
  else if (currentFrame() === here.frame) here.frame = frame;
  storage.enterWith(frame === OUTSIDE ? undefined : frame);
}

/** Replaces the frame of the running strand. */
export function moveTo(frame: Frame): void {
  const held = here.frame;
  here.frame = frame;
  if (bridge.storage !== undefined) store(bridge.storage, frame, held);
}

/**
 * Returns what `goBack` needs to restore the caller's frame, after `parent` was read by `currentFrame`. Code that
 * is entered calls three functions:
 *
 *   const parent = currentFrame();
 *   const outer = wayBack(parent);
 *   enter(parent, branch(parent));
 *   ...
 *   goBack(outer, here.frame);
 */
export function wayBack(parent: Frame): Frame {
  return parent === here.frame ? parent : new bridge.Detour(here.frame, parent);
}

/** Makes `frame` current, for code that is called in `parent`. */
export function enter(parent: Frame, frame: Frame): void {
  here.frame = frame;
  if (bridge.storage !== undefined) store(bridge.storage, frame, parent);
}

/** Makes the caller's frame current after the synchronous part of a call that ended in `ended`. */
export function goBack(outer: Frame, ended: Frame): void {
  goBackTo(outer, outer, ended);
}

/** Sets the slots that a call has set with `enterWith` for the caller, to which `goBack` has gone back. */
export function enterCaller(outer: Frame, ended: Frame): void {
  if (ended.entered !== outer.entered) goBackTo(outer, applyEntered(outer, outer, ended), outer);
}

/** Does what `goBack` and `enterCaller` do. */
export function goBackEntering(outer: Frame, ended: Frame): void {
  const after = ended.entered === outer.entered ? outer : applyEntered(outer, outer, ended);
  goBackTo(outer, after, ended);
}

/** Makes `after` current, a change of the caller's frame. */
export function goBackTo(outer: Frame, after: Frame, ended: Frame): void {
  if (bridge.storage === undefined) {
    here.frame = after;
  } else if (outer === bridge.byEngine) {
    here.frame = OUTSIDE;
  } else if (outer instanceof bridge.Detour) {
    here.frame = outer.exact;
    store(bridge.storage, after === outer ? outer.carried : after, ended);
  } else {
    here.frame = outer === OUTSIDE ? OUTSIDE : after;
    store(bridge.storage, after, ended);
  }
}

/** Returns true if no strand ran when code was entered that goes back to `outer`. */
export function cameFromOutside(outer: Frame): boolean {
  return outer === OUTSIDE || (outer instanceof bridge.Detour && outer.exact === OUTSIDE);
}

/** Makes `frame` current in a strand that the engine resumes. Returns what to go back to. */
export function enterResumed(frame: Frame): Frame {
  const outer = here.frame;
  here.frame = frame;
  const { storage } = bridge;
  if (storage === undefined) return outer;
  // The engine has put back what the store held at the `await`, which is this frame unless a caller changed it.
  store(storage, frame, storage.getStore() ?? OUTSIDE);
  return outer === OUTSIDE ? bridge.byEngine : outer;
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
    here.setOutside = OUTSIDE;
  });
}
