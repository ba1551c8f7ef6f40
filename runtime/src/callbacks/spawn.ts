import { branch, callIn, callShort, currentFrame } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';

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
