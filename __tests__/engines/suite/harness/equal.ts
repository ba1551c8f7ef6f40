/** Throws unless both are the same, lists and plain objects compared by what they hold. */
export function equal(actual: unknown, expected: unknown): void {
  if (isSame(actual, expected)) return;
  throw new Error(`expected ${show(expected)}, but got ${show(actual)}`);
}

/** Throws unless `fn` throws an error of that class, or of the class of that name of another realm. */
export function throws(fn: () => unknown, kind: new (message: string) => Error): void {
  try {
    fn();
  } catch (error) {
    if (error instanceof kind || (error as Error).name === kind.name) return;
    throw new Error(`expected a ${kind.name}, but got ${show(error)}`);
  }
  throw new Error(`expected a ${kind.name}, but nothing was thrown`);
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) =>
    isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
