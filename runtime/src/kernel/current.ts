import { bridge, carriedOver, isDetour, store } from './bridge.js';
import { applyEntered } from './entered.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here, resetSoon } from './here.js';
import type { EngineStorage } from './here.js';
import { leave, waitFor } from './strand.js';
import type { Strand } from './strand.js';

/** Returns the frame of the running code. Where no strand runs, it may have come over the bridge. */
export function currentFrame(): Frame {
  return here.storage === undefined ? here.frame : carriedOver(here.storage, here.frame);
}

/** Returns the frame of the running code if it did not come over the bridge; else OUTSIDE. */
export function strandFrame(): Frame {
  const frame = currentFrame();
  return frame === here.frame || frame === here.setOutside ? frame : OUTSIDE;
}

/** Replaces the current frame. Every slot is set through this function. */
export function setCurrentFrame(frame: Frame): void {
  const { storage } = here;
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
  if (here.storage !== undefined) store(here.storage, frame, held);
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

/** Does what `wayBack` does for a step of a generator, which is left inside the call that entered it. */
export function wayBackOfStep(parent = currentFrame()): Frame {
  return here.storage === undefined ? here.frame : new bridge.Detour(here.frame, parent);
}

/** Makes `frame` current, for code that is called in `parent`. */
export function enter(parent: Frame, frame: Frame): void {
  here.frame = frame;
  if (here.storage !== undefined) store(here.storage, frame, parent);
}

/** Enters `frame`, for code that is called here. Returns what `goBack` needs. */
export function enterNow(frame: Frame): Frame {
  const parent = currentFrame();
  const outer = wayBack(parent);
  enter(parent, frame);
  return outer;
}

/** Makes the caller's frame current after the synchronous part of a call that ended in `ended`. */
export function goBack(outer: Frame, ended: Frame): void {
  if (here.storage === undefined) here.frame = outer;
  else goBackOverBridge(here.storage, outer, outer, ended);
}

/** Does what `goBack` does. Slots that were set with `enterWith` are set for the caller too. */
export function goBackEntering(outer: Frame, ended: Frame): void {
  goBackHolding(outer, ended, ended);
}

/** Does what `goBackEntering` does after `run`, whose strand has left by `leaveStrand`. */
export function goBackFromRun(outer: Frame, ended: Frame): void {
  goBackHolding(outer, ended, isDetour(outer) ? outer : ended);
}

function goBackHolding(outer: Frame, ended: Frame, held: Frame): void {
  const after = ended.entered === outer.entered ? outer : applyEntered(outer, outer, ended);
  goBackTo(outer, after, held);
}

/** Makes `after` current, a change of the caller's frame. The storage holds `held`. */
export function goBackTo(outer: Frame, after: Frame, held: Frame): void {
  if (here.storage === undefined) here.frame = after;
  else goBackOverBridge(here.storage, outer, after, held);
}

function goBackOverBridge(storage: EngineStorage, outer: Frame, after: Frame, held: Frame): void {
  if (outer === bridge.byEngine) {
    here.frame = OUTSIDE;
  } else if (isDetour(outer)) {
    here.frame = outer.exact;
    store(storage, after === outer ? outer.carried : after, held);
  } else {
    here.frame = outer === OUTSIDE ? OUTSIDE : after;
    store(storage, after, held);
  }
}

/** Returns true if no strand ran when code was entered that goes back to `outer`. */
export function cameFromOutside(outer: Frame): boolean {
  return outer === OUTSIDE || (isDetour(outer) && outer.exact === OUTSIDE);
}

/** Makes `frame` current in a strand that the engine resumes. Returns what to go back to. */
export function enterResumed(frame: Frame): Frame {
  const outer = here.frame;
  const back = outer === OUTSIDE && here.storage !== undefined ? bridge.byEngine : wayBackOfStep();
  here.frame = frame;
  return back;
}

/** Makes `frame` current in code that only the engine calls, which puts back its store by itself. Returns what to go back to. */
export function enterByEngine(frame: Frame): Frame {
  const back = enterResumed(frame);
  storeAgain();
  return back;
}

/**
 * Leaves a strand that the engine may resume. Where `run` entered it, the storage keeps the strand's frame for the engine,
 * and `goBackFromRun` restores the caller's. Elsewhere the caller's is restored at once, and `resume` stores the strand's
 * again; it looks into the storage only if something is awaited.
 */
export function leaveStrand(strand: Strand): void {
  const frame = here.frame;
  const outer = leave(strand, frame);
  if (here.storage === undefined) {
    here.frame = outer;
  } else if (isDetour(outer)) {
    goBack(outer, frame);
    if (strand.awaiting === undefined) waitFor(strand, OUTSIDE);
  } else {
    here.frame = outer === bridge.byEngine ? OUTSIDE : outer;
  }
}

/** Notes that the platform has called a callback, until it is known whether to open the bridge. */
export function calledByPlatform(): void {
  bridge.probe?.();
}

/** Puts the current frame into the storage, unless the engine has put it back already. */
export function storeAgain(): void {
  const { storage } = here;
  if (storage !== undefined) store(storage, here.frame, storage.getStore() ?? OUTSIDE);
}
