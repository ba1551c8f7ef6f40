import { madeHere, shared } from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';

/** Set while requests are logged as operations. */
export const requests = shared('requests', {
  /** Makes a call whose promise carries the events of the requests that it has made. */
  follow: undefined as ((call: () => unknown) => unknown) | undefined,
});

/**
 * Stands for `fetch(...args)`. The engine answers it in code that is not instrumented, so nothing but this call knows
 * that who awaits its promise has waited for the request.
 */
export function fetchHere(method: unknown, ...args: unknown[]): unknown {
  const call = (): unknown => madeHere(Reflect.apply(method as AnyMethod, undefined, args));
  return requests.follow === undefined ? call() : requests.follow(call);
}
