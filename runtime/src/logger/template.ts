import { textOf } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';

/** A text, and what belongs to it. */
export interface Filled {
  readonly label: string;
  readonly fields: Fields;
}

/**
 * Puts values into a text, each in place of the next `{}`. Values that are left are fields: an object, or names and values in turn, as the
 * loggers of the original X-Trace take them. A `{}` without a value stays.
 */
export function fill(text: string, values: readonly unknown[]): Filled {
  let used = 0;
  const label = String(text).replace(/\{\}/g, (hole) =>
    used < values.length ? textOf(() => values[used++]) : hole,
  );
  return { label, fields: fieldsOf(values.slice(used)) };
}

function fieldsOf(left: readonly unknown[]): Fields {
  const [first] = left;
  if (left.length === 1 && isPlain(first)) return first;
  const fields: Record<string, unknown> = {};
  // A name without a value is nobody's.
  for (let i = 0; i + 1 < left.length; i += 2) {
    const name = left[i];
    if (name !== null && name !== undefined) fields[textOf(() => name)] = left[i + 1];
  }
  return fields;
}

function isPlain(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
