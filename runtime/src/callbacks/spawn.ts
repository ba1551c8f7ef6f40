import { branch, callIn, callShort, currentFrame } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { startOf } from './timers.js';

/**
 * Ties a callback to the frame it is spawned from. Instrumented code calls this at every spawn point. A value
 * that is not a function is returned unchanged, because the platform has its own error for it.
 *
 * Each run starts from a fresh branch, so that one run of a timer never sees what another has set. `length` is
 * left wrong: no timer reads it, and setting it takes ten times as long as the rest.
 */
export function spawn<F>(callback: F): F {
  if (typeof callback !== 'function') return callback;
  const parent = currentFrame();
  // The slots' `spawn` callbacks run here, at the spawn point. Later runs branch again.
  let first: Frame | undefined = branch(parent);
  const fn = callback as unknown as AnyFunction;
  function spawned(this: unknown): unknown {
    const frame = first ?? branch(startOf(spawned, parent));
    first = undefined;
    return arguments.length < 2
      ? callShort(frame, fn, this, arguments.length, arguments[0])
      : callIn(frame, fn, this, arguments);
  }
  return spawned as unknown as F;
}

/**
 * Spawns a callback whose receiver inspects it: some libraries read a callback's `length` and `name`, and check
 * if it is async.
 */
export function spawnAlike<F>(callback: F): F {
  return typeof callback === 'function' ? copyFunctionShape(spawn(callback), callback) : callback;
}

/** Spawns a function, or each function in an array or a plain object, such as the steps of a task library. */
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

/** Gives a wrapper the looks of the original, and what a library has noted on that. Returns the wrapper. */
export function copyFunctionShape<F>(standIn: F, original: F): F {
  const fn = original as unknown as AnyFunction;
  if (Object.getPrototypeOf(standIn) !== Object.getPrototypeOf(fn)) {
    Object.setPrototypeOf(standIn, Object.getPrototypeOf(fn) as object);
  }
  Object.defineProperties(standIn, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  });
  return Object.assign(standIn as AnyFunction, fn) as F;
}
