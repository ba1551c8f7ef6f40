import { isNode } from '../kernel/index.js';
import { noteTrigger } from '../listeners/triggers.js';
import { messageFrame } from '../methods/message-event.js';
import { attempt } from '../operations/attempt.js';
import { continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import type { Fields } from '../xtrace/log.js';

// Messages that objects of the platform tell of by events.

/**
 * Adds a listener that is called before those of the program: it must be added before them, and in a browser no listener of the capture phase
 * can come before it. Events that a page itself has made are left out; Node does not tell them apart.
 */
export function hear(target: EventTarget, type: string, listener: (event: Event) => void): void {
  const { addEventListener } = EventTarget.prototype;
  const heard = (event: Event): void => {
    if (isNode || event.isTrusted) attempt(() => listener(event));
  };
  addEventListener.call(target, type, heard, true);
}

/** Has the listeners of a message come after an event for it, in the task of its sender. What comes without one is the listener's. */
export function noteMessage(
  event: Event,
  { pathname }: URL,
  fields: Fields,
  sender: Carried | undefined,
): void {
  if (sender === undefined) return;
  const frame = messageFrame(`message ${pathname}`, fields, () => continueFromMessage(sender));
  noteTrigger(event, frame);
}
