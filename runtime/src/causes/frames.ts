import {
  currentFrame,
  endingOf,
  failureFrame,
  frameOfEnding,
  frameOfPromise,
  joinEnding,
  runIn,
} from '../kernel/index.js';
import type { Cause, Frame } from '../kernel/index.js';
import type { Activation } from './observer.js';

/** Returns the spawn points that led to the running code, latest first, as a linked list. */
export function currentCause(): Cause | undefined {
  return currentFrame().cause;
}

/** Read access to a frame. */
export interface FrameView {
  /** The spawn points that led to the frame. */
  readonly cause: Cause | undefined;
  /** Calls `read` in the frame and returns its result. */
  run<T>(read: () => T): T;
}

/** Returns the frame that the strand behind a promise ended with. For a rejected promise, of the strand that failed. */
export function frameBehind(promise: unknown): FrameView | undefined {
  return viewOf(frameOfPromise(promise));
}

/** Returns the frame that an activation, as the observer tells of it, has ended with. */
export function frameAtEnd(activation: Activation): FrameView | undefined {
  return viewOf(frameOfEnding(activation));
}

/** Returns the frame in which the running strand would resume if it awaited `promise`, which must have settled. */
export function frameAfter(promise: unknown): FrameView {
  const frame = currentFrame();
  const ending = endingOf(promise);
  return viewOf(ending === undefined ? frame : joinEnding(frame, ending));
}

/** Returns the frame of the callback that threw an error. Call it in a listener for uncaught exceptions. */
export function frameOfFailure(error: unknown): FrameView | undefined {
  return viewOf(failureFrame([error]));
}

function viewOf(frame: Frame): FrameView;
function viewOf(frame: Frame | undefined): FrameView | undefined;
function viewOf(frame: Frame | undefined): FrameView | undefined {
  if (frame === undefined) return undefined;
  return { cause: frame.cause, run: (read) => runIn(frame, read, undefined, []) };
}
