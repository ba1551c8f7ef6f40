import { branch, callIn, currentFrame } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { alike, spawn } from './spawn.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * One argument of `pipeline(source, async function* (source) { ... }, callback)`: a function runs in the
 * frame of the call, and what it gives to be walked over takes its steps there too.
 */
export function stages<T>(value: T): T {
  if (typeof value !== 'function') return value;
  const frame = currentFrame();
  const run = spawn(value) as unknown as Method;
  function stage(this: unknown, ...args: unknown[]): unknown {
    return walkedIn(frame, Reflect.apply(run, this, args));
  }
  return alike(stage as unknown as T, value);
}

/** An async generator's steps are taken by the platform, which is in no strand. */
function walkedIn(frame: Frame, given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !(Symbol.asyncIterator in given)) return given;
  if (typeof (given as { next?: unknown }).next !== 'function') return given;
  return new Proxy(given, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: never[]) => {
        const result = callIn(branch(frame), member as AnyFunction, target, args);
        return result === target ? walkedIn(frame, target) : result;
      };
    },
  });
}
