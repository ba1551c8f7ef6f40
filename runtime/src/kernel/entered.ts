import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';

/**
 * The frame of a caller after a call that ended in `ended`. What was set with `enterWith` in the
 * synchronous part of the call reaches the caller too, as with Node's AsyncLocalStorage:
 *
 *   caller    { user: - }                     { user: ada }
 *   callee    { user: - }   enterWith(ada)    { user: ada }   await …
 *
 * What the callee started from is not what it has set: a callback may start from another strand's frame. The
 * root frame belongs to nobody, and stays as it is.
 */
export function enteredInto(caller: Frame, started: Frame, ended: Frame): Frame {
  if (caller === OUTSIDE) return caller;
  let frame = caller;
  for (const token of ended.entered ?? []) {
    const value = ended.get(token);
    if (!started.has(token) || started.get(token) !== value) frame = frame.entering(token, value);
  }
  return frame;
}
