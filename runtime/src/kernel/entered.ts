import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here } from './here.js';

/**
 * Returns the frame of a caller after a call that ended in `ended`. Slots set with `enterWith` in the
 * synchronous part of the call are set for the caller too, as with Node's AsyncLocalStorage:
 *
 *   caller    { user: - }                     { user: ada }
 *   callee    { user: - }   enterWith(ada)    { user: ada }   await …
 *
 * Values that the callee started with do not count: a callback may start from another strand's frame. The root
 * frame belongs to no strand and never changes; over the bridge, a change of it lasts for the callback that runs.
 */
export function applyEntered(caller: Frame, started: Frame, ended: Frame): Frame {
  if (caller === OUTSIDE && here.storage === undefined) return caller;
  let frame = caller;
  for (const token of ended.entered ?? []) {
    const value = ended.get(token);
    if (!started.has(token) || started.get(token) !== value) frame = frame.entering(token, value);
  }
  return frame;
}
