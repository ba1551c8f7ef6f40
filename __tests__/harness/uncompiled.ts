// Code that the plugin never sees: what a dependency without spawn points looks like to a program.

/** Runs `fn` in a microtask and resolves with what it returns. */
export function inMicrotask<T>(fn: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    queueMicrotask(() => {
      try {
        resolve(fn());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

/** Runs `fn` in a tick of the event loop of its own, and resolves with what it returns. */
export function inImmediate<T>(fn: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(fn());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

/** Runs `fn` at the next tick. */
export function atNextTick<T>(fn: () => T): Promise<T> {
  return new Promise((resolve) => process.nextTick(() => resolve(fn())));
}

/** Resolves a turn of the event loop later. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls `fn` at once. */
export function call<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
  return fn(...args);
}

/** Adds a listener as a dependency does. */
export function addPlainListener(
  emitter: { on(name: string, listener: () => void): unknown },
  name: string,
  listener: () => void,
): void {
  emitter.on(name, listener);
}

/**
 * Reads over and over between everybody else's work: in microtasks, ticks and turns of the event
 * loop. `stop` gives all that was read.
 */
export function sentry<T>(read: () => T): { stop(): T[] } {
  const seen: T[] = [];
  let stopped = false;
  const look = (left: number): void => {
    if (stopped) return;
    seen.push(read());
    if (left > 0) queueMicrotask(() => look(left - 1));
  };
  const start = (): void => {
    if (stopped) return;
    process.nextTick(() => look(0));
    queueMicrotask(() => look(30));
    setImmediate(start);
  };
  start();
  return {
    stop: () => {
      stopped = true;
      return seen;
    },
  };
}

/** A thenable that is no promise. `onThen` runs when somebody calls its `then`. */
export function thenable<T>(value: T, onThen: () => void = () => {}): PromiseLike<T> {
  return {
    then(resolve: ((value: T) => unknown) | null | undefined) {
      onThen();
      resolve?.(value);
      return undefined as never;
    },
  };
}
