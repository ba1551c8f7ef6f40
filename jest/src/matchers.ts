/** Is told of a matcher that waits. */
export interface Waiting {
  /** What it waited for is there, and it has looked. */
  settled(): void;
  returned(promise: object): void;
}
type Matcher = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Watches the matchers that wait for a promise, `expect(promise).resolves.toBe(1)`. Nothing is done to the
 * promise that they return, which may be awaited or not: what they wait for says when they look.
 */
export function watchMatchers(
  matchers: unknown,
  actual: unknown,
  begin: (name: string) => Waiting,
): void {
  const all = matchers as Record<'resolves' | 'rejects', object | undefined>;
  for (const way of ['resolves', 'rejects'] as const) {
    const given = all[way];
    if (typeof given !== 'object') continue;
    const promise = isPromise(actual) ? actual : undefined;
    // `rejects` takes a function as well, and calls it; its promise is nobody else's.
    if (promise === undefined && !(way === 'rejects' && typeof actual === 'function')) continue;
    all[way] = watched(given, `expect().${way}`, promise, begin);
  }
}

function watched(
  matchers: object,
  name: string,
  promise: Promise<unknown> | undefined,
  begin: (name: string) => Waiting,
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
        if (typeof result === 'object' && result !== null) waiting.returned(result);
        // After the matcher, so that whether anybody handles a rejection stays as it was.
        promise?.then(waiting.settled, waiting.settled);
        return result;
      };
    },
  });
}

/** Not a thenable: one that works when it is asked (a query) would work twice. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return Object.prototype.toString.call(value) === '[object Promise]';
}
