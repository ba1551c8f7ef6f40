import {
  currentFrame,
  hasFactory,
  OUTSIDE,
  setCurrentFrame,
  shared,
  ThroughlineError,
  Token,
} from '../kernel/index.js';
import { startThread } from '../threads/index.js';

export { register } from '../kernel/index.js';

// Only registered slots cross to other threads, and registering one means loading this file.
shared('threads', {}, startThread);

/**
 * Returns the slot's value in the current context, or its initial value if it was never set. Throws
 * `TL_TOKEN_INVALID` if `token` is not from `register`.
 */
export function getLocal<T>(token: Token<T>): T {
  const frame = currentFrame();
  check(token);
  // Outside every strand nothing can keep the value of a factory, so every read makes a new one.
  if (hasFactory(token) && frame !== OUTSIDE && !frame.has(token as never)) {
    // Keep the value for this strand, or the next read would make another.
    const value = frame.get(token);
    setCurrentFrame(frame.with(token, value));
    return value;
  }
  return frame.get(token);
}

/**
 * Sets the slot for the rest of the current async function or callback, and for everything it starts from now
 * on. Its caller and its siblings do not see the value, except through the slot's `join` callback. Throws
 * `TL_TOKEN_INVALID` if `token` is not from `register`.
 */
export function setLocal<T>(token: Token<T>, value: T): void {
  setCurrentFrame(currentFrame().with(check(token), value));
}

function check<T>(token: Token<T>): Token<T> {
  if (token instanceof Token) return token;
  throw new ThroughlineError(
    'TL_TOKEN_INVALID',
    `Expected a token returned by register(), got ${String(token)}. ` +
      `A token from another realm or from another copy of the runtime does not work here.`,
  );
}
