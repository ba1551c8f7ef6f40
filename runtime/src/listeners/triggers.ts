import { shared } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

const frames = new WeakMap<object, Frame>();

/** The frames that came with events: from another thread, and from whatever else is asked. */
export const triggers = shared('triggers', {
  note: (event: object, frame: Frame) => void frames.set(event, frame),
  of: (event: object): Frame | undefined => frames.get(event),
});

/** Notes the frame that comes with an event: that of the sender of a message. */
export function noteTrigger(event: object, frame: Frame): void {
  triggers.note(event, frame);
}

/** Returns the frame that came with an event, if any. */
export function triggerFrame(event: unknown): Frame | undefined {
  return typeof event === 'object' && event !== null ? triggers.of(event) : undefined;
}
