import { shared } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

/** The frames of events that came from elsewhere, by event. */
const { frames } = shared('triggers', { frames: new WeakMap<object, Frame>() });

/** Notes the frame that an event brings along: the sender's of a message. */
export function noteTrigger(event: object, frame: Frame): void {
  frames.set(event, frame);
}

/** The frame that an event brought along, if it did. */
export function sentWith(event: unknown): Frame | undefined {
  return typeof event === 'object' && event !== null ? frames.get(event) : undefined;
}
