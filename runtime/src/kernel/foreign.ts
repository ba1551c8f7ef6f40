/** Returns true for an object that has a `then` and is not a plain native promise of this realm. */
export function isForeign(value: unknown): value is object {
  if (typeof value !== 'object' ? typeof value !== 'function' : value === null) return false;
  try {
    return Object.getPrototypeOf(value) !== Promise.prototype && 'then' in (value as object);
  } catch {
    // The trap of a proxy threw. The engine runs into the same error and reports it.
    return false;
  }
}

/**
 * Returns true if `then` is a function. Never runs a getter, because a getter may return something else the second
 * time. A proxy is asked for the value: it may show no property, or one with another value.
 */
export function hasCallableThen(value: object): boolean {
  for (let at: object | null = value; at; at = Object.getPrototypeOf(at) as object | null) {
    const property = Object.getOwnPropertyDescriptor(at, 'then');
    if (property?.get) return false;
    if (property) break;
  }
  return typeof (value as { then: unknown }).then === 'function';
}
