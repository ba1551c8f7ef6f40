/**
 * Returns the method of a call that was rewritten to `helper(receiver, method, ...args)`. `method` is the
 * function, read by the program at the original position, or its name when no argument can observe when it is
 * read. Reading a name from null or undefined throws the engine's own error.
 */
export function methodOf(receiver: unknown, method: unknown): unknown {
  return typeof method === 'string' ? (receiver as Record<string, unknown>)[method] : method;
}

/** Makes the call exactly as the program wrote it. */
export function callAs(receiver: unknown, method: unknown, args: unknown[]): unknown {
  if (typeof method !== 'function') throw new TypeError('(intermediate value) is not a function');
  return Reflect.apply(method, receiver, args);
}
