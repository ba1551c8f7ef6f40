/** Returns true for an object that has a `then` and is no promise of this realm as the engine made it. */
export function isForeign(value: unknown): value is object {
  if (typeof value !== 'object' ? typeof value !== 'function' : value === null) return false;
  try {
    if (Object.getPrototypeOf(value) === Promise.prototype) return false;
    return 'then' in (value as object);
  } catch {
    // A proxy that refuses the question: the engine reports that.
    return false;
  }
}

/** Answers without running a getter: one that answers differently the second time stays untouched. */
export function hasCallableThen(value: object): boolean {
  for (
    let at: object | null = value;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const property = Object.getOwnPropertyDescriptor(at, 'then');
    if (property !== undefined) return typeof property.value === 'function';
  }
  return false;
}
