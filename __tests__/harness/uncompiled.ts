// Code that the plugin never sees: what a dependency without spawn points looks like to a program.
import { AsyncResource } from 'node:async_hooks';

/** Where no request is: what a dependency starts from here has no context, over the bridge neither. */
const root = new AsyncResource('root');

/** Runs `fn` in a microtask that no request has asked for, and resolves with what it returns. */
export function inMicrotask<T>(fn: () => T): Promise<T> {
  return later(queueMicrotask, fn);
}

/** Runs `fn` in a turn of the event loop that no request has asked for, and resolves with what it returns. */
export function inImmediate<T>(fn: () => T): Promise<T> {
  return later(setImmediate, fn);
}

function later<T>(schedule: (run: () => void) => unknown, fn: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const run = (): void => {
      try {
        resolve(fn());
      } catch (error) {
        reject(error as Error);
      }
    };
    root.runInAsyncScope(schedule, undefined, run);
  });
}

/** Runs `fn` at a tick that no request has asked for. */
export function atNextTick<T>(fn: () => T): Promise<T> {
  return later(process.nextTick, fn);
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
  root.runInAsyncScope(start);
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
