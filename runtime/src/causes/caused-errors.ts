import { currentFrame, shared } from '../kernel/index.js';
import type { Cause } from '../kernel/index.js';

/** The spawn points that led to where an error was thrown, by error. */
const { causes } = shared('caused-errors', { causes: new WeakMap<object, Cause>() });

/** Notes the cause of an error and returns the error. Only the first cause counts. */
export function noteCause<E>(error: E, cause: Cause | undefined = currentFrame().cause): E {
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
  if (isObject && cause !== undefined && !causes.has(error)) causes.set(error, cause);
  return error;
}

/** Returns the cause noted for an error, if any. */
export function causeOf(error: unknown): Cause | undefined {
  return typeof error === 'object' && error !== null ? causes.get(error) : undefined;
}
