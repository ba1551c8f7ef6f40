import { branch, callIn, callShort, currentFrame, runIn } from './kernel/index.js';
import type { AnyFunction, Frame } from './kernel/index.js';

/**
 * Ties a callback to the frame it is spawned from: instrumented code calls this at every spawn
 * point. A value that is not a function goes back untouched: the platform has its own error.
 *
 * Each run starts from a fresh branch, so that one firing of a timer never sees what another set.
 * `length` is left wrong: no timer reads it, and setting it costs ten times the rest.
 */
export function spawn<F>(callback: F): F {
  if (typeof callback !== 'function') return callback;
  const parent = currentFrame();
  // A slot's `spawn` callback runs at the spawn point; later runs branch anew.
  let first: Frame | undefined = branch(parent);
  const fn = callback as unknown as AnyFunction;
  function spawned(this: unknown): unknown {
    const frame = first ?? branch(parent);
    first = undefined;
    return arguments.length < 2
      ? callShort(frame, fn, this, arguments.length, arguments[0])
      : callIn(frame, fn, this, arguments);
  }
  return spawned as unknown as F;
}

/**
 * The same for receivers that look at what they are given: libraries ask for a callback's `length`,
 * its name, and whether it is async.
 */
export function spawnAlike<F>(callback: F): F {
  return typeof callback === 'function' ? alike(spawn(callback), callback) : callback;
}

/** The same for a function, and for each function of a list or a plain object: the steps of a library. */
export function spawnEach<T>(value: T): T {
  if (typeof value === 'function') return spawnAlike(value);
  if (Array.isArray(value)) {
    const isSteps = value.some((one) => typeof one === 'function' || Array.isArray(one));
    return isSteps ? (value.map(spawnEach) as T) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  if (!entries.some(([, one]) => typeof one === 'function' || Array.isArray(one))) return value;
  return Object.fromEntries(entries.map(([key, one]) => [key, spawnEach<unknown>(one)])) as T;
}

/** Gives a function that stands for another one its looks. */
export function alike<F>(standIn: F, original: F): F {
  const fn = original as unknown as AnyFunction;
  if (Object.getPrototypeOf(standIn) !== Object.getPrototypeOf(fn)) {
    Object.setPrototypeOf(standIn, Object.getPrototypeOf(fn) as object);
  }
  return Object.defineProperties(standIn, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  });
}

/** Runs work in the child of the frame in which `getSpawnCallback` was called. */
export type SpawnCallback = <A extends unknown[], R>(work: (...args: A) => R, ...args: A) => R;

/**
 * The paper's `GetSpawnCallback`: call it in the parent at the spawn point, and call what it
 * returns where the work runs. For hand-written schedulers; the plugin does it for known ones.
 *
 * @example
 * const inChild = getSpawnCallback();
 * queue.push(() => inChild(work));
 */
export function getSpawnCallback(): SpawnCallback {
  const parent = currentFrame();
  let first: Frame | undefined = branch(parent);
  return (work, ...args) => {
    const frame = first ?? branch(parent);
    first = undefined;
    return runIn(frame, work as never, undefined, args) as never;
  };
}

/** Runs a function in the frame that a snapshot kept. */
export type Snapshot = <A extends unknown[], R>(fn: (...args: A) => R, ...args: A) => R;

/**
 * Keeps the current frame. What it returns runs functions in it, as often as you like; what one
 * run sets, the next does not see.
 *
 * @example
 * const later = snapshot();
 * pool.onIdle = () => later(report, 'idle');
 */
export function snapshot(): Snapshot {
  return snapshotOf(currentFrame());
}

/** The same of a frame that somebody else kept. */
export function snapshotOf(frame: Frame): Snapshot {
  return (fn, ...args) => runIn(branch(frame), fn as never, undefined, args) as never;
}

/** A function that runs `fn` in the frame of this call, with the receiver and arguments it gets. */
export function wrap<F extends (...args: never[]) => unknown>(fn: F): F {
  const frame = currentFrame();
  function wrapped(this: unknown, ...args: never[]): unknown {
    return runIn(branch(frame), fn as never, this, args);
  }
  return alike(wrapped as unknown as F, fn);
}
