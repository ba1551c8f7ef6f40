import { copyFunctionShape } from '../callbacks/spawn.js';
import type { AnyFunction } from '../kernel/index.js';
import { followCall } from '../operations/followed.js';

/**
 * Has promises of `fetch` carry the request wherever it is called from: a library that was handed the function, or a method that is it. The
 * stand-in looks as the platform's does.
 */
export function followGlobalFetch(): void {
  const property = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  if (typeof property?.value !== 'function') return;
  const fetch = property.value as AnyFunction;
  const standIn = function (this: unknown, ...args: never[]): unknown {
    return followCall(() => Reflect.apply(fetch, this, args));
  };
  const value = copyFunctionShape(standIn as unknown as AnyFunction, fetch);
  Object.defineProperty(globalThis, 'fetch', { ...property, value });
}
