import {
  currentFrame,
  endingOf,
  failureFrame,
  frameOfPromise,
  joinEnding,
  runIn,
} from '../kernel/index.js';
import type { Cause, Frame } from '../kernel/index.js';

/** The spawn points that led here, the latest first, as a list. */
export function currentCause(): Cause | undefined {
  return currentFrame().cause;
}

/** A frame, as something to ask. */
export interface FrameView {
  readonly cause: Cause | undefined;
  /** Calls `read` in that frame, and returns what it returns. */
  run<T>(read: () => T): T;
}

/** The frame of the strand behind a promise: of the one that rejected. */
export function frameBehind(promise: unknown): FrameView | undefined {
  return viewOf(frameOfPromise(promise));
}

/** The frame in which the running strand would go on if it had awaited a promise, which has settled. */
export function frameAfter(promise: unknown): FrameView {
  const frame = currentFrame();
  const ending = endingOf(promise);
  return viewOf(ending === undefined ? frame : joinEnding(frame, ending));
}

/** The frame of the callback that threw, for whoever is told of an uncaught exception. */
export function frameOfLastFailure(): FrameView | undefined {
  return viewOf(failureFrame([]));
}

function viewOf(frame: Frame): FrameView;
function viewOf(frame: Frame | undefined): FrameView | undefined;
function viewOf(frame: Frame | undefined): FrameView | undefined {
  if (frame === undefined) return undefined;
  return { cause: frame.cause, run: (read) => runIn(frame, read, undefined, []) };
}
