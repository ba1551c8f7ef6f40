/**
 * Returns a value and what follows it as one array.
 *
 * A loop, where a spread would take the program's own `Array.prototype[Symbol.iterator]`.
 */
export function withFirst(first: unknown, rest: ArrayLike<unknown>): unknown[] {
  const all = [first];
  for (let i = 0; i < rest.length; i++) all[i + 1] = rest[i];
  return all;
}
