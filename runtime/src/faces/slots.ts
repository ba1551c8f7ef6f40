import {
  currentFrame,
  OUTSIDE,
  setCurrentFrame,
  shared,
  ThroughlineError,
  Token,
} from '../kernel/index.js';
import { startThread } from '../threads/index.js';

export { register } from '../kernel/index.js';

// Only slots that somebody registers cross to other threads: whoever loads this may register some.
shared('threads', {}, startThread);

/** The slot's value in the code that is running now; the token's initial value if never set. */
export function getLocal<T>(token: Token<T>): T {
  const frame = currentFrame();
  check(token);
  // Outside every strand there is nobody to keep a record for: every read makes a new one.
  if (token.hasFactory && frame !== OUTSIDE && !frame.has(token as never)) {
    // The record of a factory belongs to the strand from now on, or the next read makes another.
    const value = frame.get(token);
    setCurrentFrame(frame.with(token, value));
    return value;
  }
  return frame.get(token);
}

/**
 * Sets the slot for the rest of this strand and for what it spawns from now on. Neither the caller
 * nor a sibling sees it, except through a slot's `join`.
 */
export function setLocal<T>(token: Token<T>, value: T): void {
  setCurrentFrame(currentFrame().with(check(token), value));
}

function check<T>(token: Token<T>): Token<T> {
  if (token instanceof Token) return token;
  throw new ThroughlineError(
    'TL_TOKEN_INVALID',
    `Expected a token that register() returned, but got ${String(token)}. ` +
      `A token of another realm or another copy of the runtime names nothing here.`,
  );
}
