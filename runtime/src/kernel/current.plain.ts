// What `current.ts` does where there is no bridge: builds for pages and React Native replace that file with this one.
import { applyEntered } from './entered.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here, resetSoon } from './here.js';
import { leave } from './strand.js';
import type { Strand } from './strand.js';

// The functions are documented there.

export function currentFrame(): Frame {
  return here.frame;
}

export const strandFrame = currentFrame;

export function setCurrentFrame(frame: Frame): void {
  if (here.frame === OUTSIDE) resetSoon();
  here.frame = frame;
}

export function moveTo(frame: Frame): void {
  here.frame = frame;
}

export function wayBack(parent: Frame): Frame {
  return parent;
}

export const wayBackOfStep = currentFrame;

export function enter(_parent: Frame, frame: Frame): void {
  here.frame = frame;
}

export function enterNow(frame: Frame): Frame {
  const outer = here.frame;
  here.frame = frame;
  return outer;
}

export const goBack: (outer: Frame, ended: Frame) => void = moveTo;

export function goBackEntering(outer: Frame, ended: Frame): void {
  here.frame = ended.entered === outer.entered ? outer : applyEntered(outer, outer, ended);
}

export const goBackFromRun = goBackEntering;

export function goBackTo(_outer: Frame, after: Frame): void {
  here.frame = after;
}

export function cameFromOutside(outer: Frame): boolean {
  return outer === OUTSIDE;
}

export const enterResumed = enterNow;

export const enterByEngine = enterNow;

export function leaveStrand(strand: Strand): void {
  here.frame = leave(strand, here.frame);
}

export function calledByPlatform(): void {}

export function storeAgain(): void {}
