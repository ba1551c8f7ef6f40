import type { Frame } from './frame.js';
import { shared } from './realm.js';

/** Set while operations are logged. */
export const lazyWork = shared('lazy-work', {
  /** Returns the frame for the `then` of a thenable, which the engine calls when the running line is no longer on the stack. */
  frame: undefined as ((frame: Frame) => Frame) | undefined,
});

/** Returns the frame to call the `then` of a thenable in, when the line that waits for it has this one. */
export function frameOfThen(frame: Frame): Frame {
  return lazyWork.frame === undefined ? frame : lazyWork.frame(frame);
}
