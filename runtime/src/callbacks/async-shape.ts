/**
 * The prototype of async functions. Functions that the plugin rewrote get it, to look like the async functions
 * they were.
 *
 * Libraries (async, fastify) check `f.constructor.name === 'AsyncFunction'` and `f[Symbol.toStringTag]`. Both
 * come from the prototype.
 */
const asyncFunction = Object.getPrototypeOf(async () => {}) as object;

/** Makes a function look async and returns it. With `name`, also names it, where its position gives it no name. */
export function markAsync<F>(fn: F, name?: string | symbol): F {
  Object.setPrototypeOf(fn, asyncFunction);
  if (name !== undefined) Object.defineProperty(fn, 'name', { value: nameOf(name) });
  // A declaration must stay one to be hoisted, so it keeps the `prototype` that async functions lack. That could
  // only be set to undefined, and Jest's automatic mocks fail when they copy it.
  return fn;
}

/**
 * Returns the only function of an object literal, made to look async. Its property names it. Taken out by its key
 * here, because minifiers replace `{ load: fn }.load` with `fn`, and no bundler leaves out a property access.
 */
export function asyncMember(holder: object, key: PropertyKey): unknown {
  const fn = (holder as Record<PropertyKey, unknown>)[key];
  // A minifier that renames properties knows nothing of the key.
  return markAsync(fn ?? Object.values(holder)[0]);
}

/** Returns the function name for a property key (ECMAScript 10.2.9). */
function nameOf(key: string | symbol): string {
  if (typeof key === 'string') return key;
  return key.description === undefined ? '' : `[${key.description}]`;
}

/**
 * Returns the error for `new` on an async function, worded as the engine's. The function itself is undefined while
 * its module has not begun.
 */
export function notConstructorError(fn: { readonly name: string } | undefined): TypeError {
  return new TypeError(`${String(fn?.name)} is not a constructor`);
}

/** Makes the methods with these keys look async: those of a class's instances, and its static ones. */
export function markAsyncMethods(
  self: () => { prototype?: object },
  keys: readonly PropertyKey[],
  staticKeys: readonly PropertyKey[] = [],
): void {
  const cls = self();
  // A decorator may have replaced the class with anything that can be called.
  if (cls.prototype) markAsyncMembers(cls.prototype, keys);
  markAsyncMembers(cls, staticKeys);
}

/** Makes the methods with these keys of an object look async. */
export function markAsyncMembers<O extends object>(holder: O, keys: readonly PropertyKey[]): O {
  for (const key of keys) {
    const method = Object.getOwnPropertyDescriptor(holder, key)?.value as unknown;
    if (typeof method === 'function') markAsync(method);
  }
  return holder;
}

/** Converts a value to a property key, as `[value]` does, so that it is converted only once (ECMAScript 7.1.19). */
export function toKey(value: unknown): PropertyKey {
  const keys = Reflect.ownKeys({ [value as PropertyKey]: 0 });
  return keys[0]!;
}
