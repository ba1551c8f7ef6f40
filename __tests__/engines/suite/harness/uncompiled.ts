// Code that the plugin never sees: what a dependency without spawn points looks like to a program.
// Built on promises alone, since that is all that some engines have.

const hasTurns = typeof setTimeout === 'function';
/** How many microtasks a sentry looks in, in each turn. */
const LOOKS = 30;

interface AsyncHooks {
  AsyncResource: new (type: string) => { runInAsyncScope<T>(fn: () => T): T };
}
const { process: node } = globalThis as {
  process?: { getBuiltinModule?(id: string): AsyncHooks | undefined };
};
const Resource = node?.getBuiltinModule?.('async_hooks')?.AsyncResource;
// Made where no strand is. What starts from here has no context, over the bridge neither.
const root = Resource && new Resource('root');

/** Calls `fn` where no strand and no request is. */
function fromRoot<T>(fn: () => T): T {
  return root === undefined ? fn() : root.runInAsyncScope(fn);
}

/** Runs `fn` in a microtask, outside every strand, and resolves with what it returns. */
export function inMicrotask<T>(fn: () => T | PromiseLike<T>): Promise<T> {
  return fromRoot(() => Promise.resolve().then(fn));
}

/** Runs `fn` a turn of the event loop later; where there is none, after everybody else's microtasks. */
export function inTurn<T>(fn: () => T | PromiseLike<T>): Promise<T> {
  return fromRoot(() => new Promise<void>(schedule).then(fn));
}

/** Resolves a turn of the event loop later. */
export function turn(): Promise<void> {
  return inTurn(() => {});
}

/** More microtasks than any chain of a case has. */
const MANY = 200;

function schedule(resume: () => void): void {
  if (hasTurns) setTimeout(resume, 0);
  else void microtasks(MANY).then(resume);
}

/** Resolves after `count` microtasks. */
export function microtasks(count: number): Promise<void> {
  return count === 0 ? Promise.resolve() : Promise.resolve().then(() => microtasks(count - 1));
}

/** Calls `fn` at once. */
export function call<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
  return fn(...args);
}

/** A promise and what settles it, made where no strand is. */
export function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
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

/**
 * Reads over and over between everybody else's work: in microtasks, and in ticks and turns of the event
 * loop where there are any. `stop` gives all that was read.
 */
export function sentry<T>(read: () => T): { stop(): T[] } {
  const seen: T[] = [];
  let stopped = false;
  const look = (left: number): void => {
    if (stopped) return;
    seen.push(read());
    if (left > 0) void Promise.resolve().then(() => look(left - 1));
    else if (!hasTurns) void Promise.resolve().then(() => look(0));
  };
  const start = (): void => {
    if (stopped) return;
    void Promise.resolve().then(() => look(LOOKS));
    if (typeof process === 'object') process.nextTick?.(() => look(0));
    if (typeof setImmediate === 'function') setImmediate(start);
    else if (hasTurns) setTimeout(start, 0);
  };
  fromRoot(start);
  return {
    stop: () => {
      stopped = true;
      return seen;
    },
  };
}

/** Counts microtasks from its start, for at most `limit` of them. */
export function metronome(limit = 60): { readonly tick: number } {
  const clock = { tick: 0 };
  const beat = (): void => {
    if (++clock.tick < limit) void Promise.resolve().then(beat);
  };
  void Promise.resolve().then(beat);
  return clock;
}
