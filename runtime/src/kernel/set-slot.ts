import { OUTSIDE } from './frame.js';
import { here, setCurrentFrame } from './here.js';
import type { AnyToken, Token } from './token.js';

/** Sets a slot here and for the callers, up to the first `await` on the way out. */
export function enterSlot<T>(token: Token<T>, value: T): void {
  setCurrentFrame(here.frame.entering(token, value));
}

/**
 * Calls `fn` with one slot set, and restores that slot and no other afterwards, as Node's AsyncLocalStorage
 * does. What `fn` sets in other slots stays set, as after any call.
 */
export function runWith<T, R>(
  token: Token<T>,
  value: T,
  fn: (this: never, ...args: never[]) => R,
  receiver: unknown,
  args: ArrayLike<unknown>,
): R {
  const outer = here.frame;
  const frame = outer.with(token, value);
  here.frame = frame;
  try {
    return Reflect.apply(fn, receiver, args) as R;
  } finally {
    if (here.frame === frame) here.frame = outer;
    // The root frame belongs to no strand and never changes.
    else here.frame = outer === OUTSIDE ? outer : here.frame.withAsIn(outer, token as AnyToken);
  }
}
