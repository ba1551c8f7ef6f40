import { OUTSIDE } from './frame.js';
import { currentFrame, enter, goBack, goBackTo, setCurrentFrame, wayBack } from './current.js';
import { here } from './here.js';
import type { AnyToken, Token } from './token.js';

/** Sets a slot here and for the callers, up to the first `await` on the way out. */
export function enterSlot<T>(token: Token<T>, value: T): void {
  setCurrentFrame(currentFrame().entering(token, value));
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
  const parent = currentFrame();
  const outer = wayBack(parent);
  const frame = parent.with(token, value);
  enter(parent, frame);
  try {
    return Reflect.apply(fn, receiver, args) as R;
  } finally {
    const ended = here.frame;
    // The root frame belongs to no strand and never changes. Over the bridge, a change lasts for the callback that runs.
    const isFixed = outer === OUTSIDE && here.storage === undefined;
    if (ended === frame || isFixed) goBack(outer, ended);
    else goBackTo(outer, ended.withAsIn(outer, token as AnyToken), ended);
  }
}
