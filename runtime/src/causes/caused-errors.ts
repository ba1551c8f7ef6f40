import { currentFrame, shared } from '../kernel/index.js';
import type { Cause } from '../kernel/index.js';

/** Which spawn points led to where an error was thrown, by error. */
const { causes } = shared('caused-errors', { causes: new WeakMap<object, Cause>() });

/** Notes where an error comes from, and hands it back. The first to know is right. */
export function noteCause<E>(error: E, cause: Cause | undefined = currentFrame().cause): E {
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
  if (isObject && cause !== undefined && !causes.has(error)) causes.set(error, cause);
  return error;
}

export function causeOf(error: unknown): Cause | undefined {
  return typeof error === 'object' && error !== null ? causes.get(error) : undefined;
}
