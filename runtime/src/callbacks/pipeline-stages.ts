import { branch, callIn, currentFrame } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { copyFunctionShape, spawn } from './spawn.js';

/**
 * Wraps one argument of `pipeline(source, async function* (source) { ... }, callback)`. A function runs in the
 * frame of the call, and the async iterator that it returns takes its steps there too.
 */
export function spawnStages<T>(value: T): T {
  if (typeof value !== 'function') return value;
  const frame = currentFrame();
  const run = spawn(value) as unknown as AnyMethod;
  function stage(this: unknown, ...args: unknown[]): unknown {
    return walkedIn(frame, Reflect.apply(run, this, args));
  }
  return copyFunctionShape(stage as unknown as T, value);
}

/** Makes an async iterator take its steps in `frame`. The platform takes them, and no strand runs there. */
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
