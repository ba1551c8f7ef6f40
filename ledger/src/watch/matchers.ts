import { isPromise } from '../is-promise.js';

/** Callbacks for a matcher that waits for a promise. */
export interface AwaitCallbacks {
  /** Called when the promise has settled and the matcher has checked it. */
  onSettled(): void;
  /** Called with the promise that the matcher returns. */
  onReturned(promise: object): void;
}
type Matcher = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Watches matchers that wait for a promise, such as `expect(promise).resolves.toBe(1)`. Does not touch the promise
 * that they return, which may be awaited or not, but follows the promise that they wait for.
 */
export function watchMatchers(
  matchers: unknown,
  actual: unknown,
  begin: (name: string) => AwaitCallbacks,
): void {
  const all = matchers as Record<'resolves' | 'rejects', object | undefined>;
  for (const way of ['resolves', 'rejects'] as const) {
    const given = all[way];
    if (typeof given !== 'object') continue;
    const promise = isPromise(actual) ? actual : undefined;
    // `rejects` also accepts a function and calls it. Its promise cannot be seen from here.
    if (promise === undefined && !(way === 'rejects' && typeof actual === 'function')) continue;
    all[way] = watched(given, `expect().${way}`, promise, begin);
  }
}

function watched(
  matchers: object,
  name: string,
  promise: Promise<unknown> | undefined,
  begin: (name: string) => AwaitCallbacks,
): object {
  return new Proxy(matchers, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol') return value;
      if (typeof value === 'object' && value !== null) {
        return watched(value, `${name}.${key}`, promise, begin);
      }
      if (typeof value !== 'function') return value;
      return function (this: unknown, ...args: unknown[]): unknown {
        const waiting = begin(`${name}.${key}`);
        const result = (value as Matcher).apply(this, args);
        if (typeof result === 'object' && result !== null) waiting.onReturned(result);
        // After the matcher, which handles the promise itself, so that no unhandled rejection is hidden.
        promise?.then(waiting.onSettled, waiting.onSettled);
        return result;
      };
    },
  });
}
