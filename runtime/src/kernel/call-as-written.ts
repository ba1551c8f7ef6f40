/**
 * The method of a call that was rewritten to `helper(receiver, method, ...args)`: read by the
 * program in its own place, or given by name when no argument can tell when it is read. Reading
 * from null or undefined throws the engine's own error.
 */
export function methodOf(receiver: unknown, method: unknown): unknown {
  return typeof method === 'string' ? (receiver as Record<string, unknown>)[method] : method;
}

/** Makes the very call that the program wrote. */
export function callAs(receiver: unknown, method: unknown, args: unknown[]): unknown {
  if (typeof method !== 'function') throw new TypeError('(intermediate value) is not a function');
  return Reflect.apply(method, receiver, args);
}
