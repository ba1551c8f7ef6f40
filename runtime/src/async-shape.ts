/**
 * Makes functions that the plugin wrote look like the async functions that they were.
 *
 * Libraries ask `f.constructor.name === 'AsyncFunction'` and `f[Symbol.toStringTag]` (async,
 * fastify). Both come from the prototype, so one assignment answers them all.
 */
const asyncFunction = Object.getPrototypeOf(async () => {}) as object;

/** Marks one function and hands it back. */
export function asAsync<F>(fn: F): F {
  Object.setPrototypeOf(fn, asyncFunction);
  // A declaration has to stay a declaration, to be hoisted. Async functions have no prototype;
  // this one can only be emptied.
  if (Object.hasOwn(fn as object, 'prototype')) {
    Object.defineProperty(fn, 'prototype', { value: undefined, writable: false });
  }
  return fn;
}

/** Marks the methods of an object or a class that were async, by key. */
export function asyncMembers<O extends object>(holder: O, keys: readonly PropertyKey[]): O {
  for (const key of keys) {
    const method = Object.getOwnPropertyDescriptor(holder, key)?.value as unknown;
    if (typeof method === 'function') asAsync(method);
  }
  return holder;
}

/** What `[key]` makes of a value, once (ECMAScript 7.1.19). */
export function toKey(value: unknown): PropertyKey {
  const keys = Reflect.ownKeys({ [value as PropertyKey]: 0 });
  return keys[0]!;
}
