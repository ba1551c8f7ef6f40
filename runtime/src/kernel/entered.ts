import { isFixed } from './bridge.js';
import type { Frame } from './frame.js';

/**
 * Returns the frame of a caller after a call that ended in `ended`. Slots set with `enterWith` in the
 * synchronous part of the call are set for the caller too, as with Node's AsyncLocalStorage:
 *
 *   caller    { user: - }                     { user: ada }
 *   callee    { user: - }   enterWith(ada)    { user: ada }   await …
 *
 * Values that the callee started with do not count: a callback may start from another strand's frame.
 */
export function applyEntered(caller: Frame, started: Frame, ended: Frame): Frame {
  if (isFixed(caller)) return caller;
  let frame = caller;
  for (const token of ended.entered ?? []) {
    const value = ended.get(token);
    if (!started.has(token) || started.get(token) !== value) frame = frame.entering(token, value);
  }
  return frame;
}
