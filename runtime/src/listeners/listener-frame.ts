import {
  branch,
  extendCause,
  currentFrame,
  failureFrame,
  isEmpty,
  joinFrames,
  messageFrames,
  OUTSIDE,
  strandFrame,
} from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { hasOwnEvents } from './own-events.js';
import { triggerFrame } from './triggers.js';

/** Chooses the frame a listener runs in. Set by the plugin's option `events` or by a directive at the call. */
export type Policy = 'auto' | 'registration' | 'trigger';

/**
 * Returns the frame that triggered a listener, if it is not the one of the running code: with `failure` that of the
 * strand whose failure it receives, else that of the sender of a message.
 */
export function givenTrigger(args: ArrayLike<unknown>, failure: boolean): Frame | undefined {
  return failure ? failureFrame(args) : triggerFrame(args[0]);
}

/**
 * Returns the frame a listener of `emitter` runs in.
 *
 * If a strand triggered it, this is that strand's frame, joined with the registration's. If the platform or
 * uninstrumented code triggered it, this is the registration's frame. `policy` decides from which of the two the
 * listener takes slots without a `join`.
 */
export function listenerFrame(
  registered: Frame,
  emitter: unknown,
  policy: Policy = 'auto',
  trigger = triggerHere(registered, emitter),
): Frame {
  const told = messageFrames.listened?.(registered, trigger);
  if (told !== undefined) return told;
  if (policy === 'registration') return joinFrames(branch(registered), trigger);
  if (trigger === OUTSIDE && policy === 'auto') return branch(registered);
  const frame = joinFrames(branch(trigger), registered);
  if (registered.cause === undefined) return frame;
  // Both led here: the trigger, and then the site of registration.
  return frame.causedBy(extendCause(registered.cause.site, trigger.cause));
}

/**
 * Returns the frame that triggers a listener here and now. Where no strand runs, it may have come over the bridge.
 * An object that belongs to its listener carries the frame in which it was made, which may be another request's:
 * a pooled connection. So there the registration decides.
 */
function triggerHere(registered: Frame, emitter: unknown): Frame {
  const strand = strandFrame();
  if (strand !== OUTSIDE) return strand;
  const carried = currentFrame();
  if (isEmpty(carried)) return OUTSIDE;
  return isEmpty(registered) || !hasOwnEvents(emitter) ? carried : OUTSIDE;
}
