import {
  branch,
  causedAt,
  currentFrame,
  failureFrame,
  joinFrames,
  OUTSIDE,
} from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { sentWith } from './triggers.js';

/** Which frame a listener runs in: `events` of the plugin's options, or a comment at the call. */
export type Policy = 'auto' | 'registration' | 'trigger';

/** The frame of whoever made a listener run; with `failure`, of the strand whose failure it is told of. */
export function triggerOf(args: ArrayLike<unknown>, failure: boolean): Frame {
  return (failure ? failureFrame(args) : sentWith(args[0])) ?? currentFrame();
}

/**
 * The frame a listener runs in.
 *
 * If the trigger runs inside a strand, that strand's frame, joined with the registration's. If the
 * platform or code that was not compiled triggered it, the registration's. Slots without a `join`
 * follow the policy that was asked for.
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
  // Both led here: the trigger, through the place where it was registered.
  return frame.causedBy(causedAt(registered.cause.site, trigger.cause));
}
