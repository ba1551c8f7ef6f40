import type { Frame } from './frame.js';
import { shared } from './realm.js';

/** Set while operations are logged. */
export const messageFrames = shared('message-frames', {
  /**
   * Returns the frame of a listener of a connection that was told of a message in the frame `trigger`; undefined for other events. The
   * listener belongs to where it was registered, and only says what it does in the task of the sender.
   */
  listened: undefined as ((registered: Frame, trigger: Frame) => Frame | undefined) | undefined,
});
