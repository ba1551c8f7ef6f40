import { shared } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

/** The frames that came with events from another thread, by event. */
const { frames } = shared('triggers', { frames: new WeakMap<object, Frame>() });

/** Notes the frame that comes with an event: that of the sender of a message. */
export function noteTrigger(event: object, frame: Frame): void {
  frames.set(event, frame);
}

/** Returns the frame that came with an event, if any. */
export function triggerFrame(event: unknown): Frame | undefined {
  return typeof event === 'object' && event !== null ? frames.get(event) : undefined;
}
