/**
 * Makes functions that the plugin wrote look like the async functions that they were.
 *
 * Libraries ask `f.constructor.name === 'AsyncFunction'` and `f[Symbol.toStringTag]` (async,
 * fastify). Both come from the prototype, so one assignment answers them all.
 */
const asyncFunction = Object.getPrototypeOf(async () => {}) as object;

/** Marks one function and hands it back; with `name`, where its place could not give it one. */
export function asAsync<F>(fn: F, name?: string | symbol): F {
  Object.setPrototypeOf(fn, asyncFunction);
  if (name !== undefined) Object.defineProperty(fn, 'name', { value: nameOf(name) });
  // A declaration has to stay a declaration, to be hoisted, and keeps the `prototype` that async
  // functions have not: it can only be emptied, and Jest's automatic mocks copy that and fail.
  return fn;
}

/** A key as a function's name (ECMAScript 10.2.9). */
function nameOf(key: string | symbol): string {
  if (typeof key === 'string') return key;
  return key.description === undefined ? '' : `[${key.description}]`;
}

/** What `new` on an async function throws: the engine's own words. */
export function notConstructor(name: string): TypeError {
  return new TypeError(`${name} is not a constructor`);
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
