import { currentFrame } from './current.js';
import type { Frame } from './frame.js';

/** The frames of events that came from elsewhere, by event. */
const frames = new WeakMap<object, Frame>();

/** Notes the frame that an event brings along: the sender's of a message. */
export function noteTrigger(event: object, frame: Frame): void {
  frames.set(event, frame);
}

/** The frame of whoever triggered the event that a listener is called with. */
export function triggerOf(event: unknown): Frame {
  const brought = typeof event === 'object' && event !== null ? frames.get(event) : undefined;
  return brought ?? currentFrame();
}
