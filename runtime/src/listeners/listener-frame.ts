import {
  branch,
  extendCause,
  currentFrame,
  failureFrame,
  joinFrames,
  OUTSIDE,
} from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { triggerFrame } from './triggers.js';

/** Chooses the frame a listener runs in. Set by the plugin's option `events` or by a directive at the call. */
export type Policy = 'auto' | 'registration' | 'trigger';

/** Returns the frame that triggered a listener; with `failure`, the frame of the strand whose failure it receives. */
export function triggerOf(args: ArrayLike<unknown>, failure: boolean): Frame {
  return (failure ? failureFrame(args) : triggerFrame(args[0])) ?? currentFrame();
}

/**
 * Returns the frame a listener runs in.
 *
 * If a strand triggered it, this is that strand's frame, joined with the registration's. If the platform or
 * uninstrumented code triggered it, this is the registration's frame. `policy` decides from which of the two the
 * listener takes slots without a `join`.
 */
export function listenerFrame(
  registered: Frame,
  policy: Policy = 'auto',
  trigger = currentFrame(),
): Frame {
  if (policy === 'registration') return joinFrames(branch(registered), trigger);
  if (trigger === OUTSIDE && policy === 'auto') return branch(registered);
  const frame = joinFrames(branch(trigger), registered);
  if (registered.cause === undefined) return frame;
  // Both led here: the trigger, and then the site of registration.
  return frame.causedBy(extendCause(registered.cause.site, trigger.cause));
}
