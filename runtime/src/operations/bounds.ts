import { keysOf, textOf } from '../xtrace/log.js';
import type { Fields, TextFields } from '../xtrace/log.js';

/** The maximum number of characters of a label. */
const MAX_LABEL = 256;
/** The maximum number of characters of a field. */
const MAX_FIELD = 8192;

/** Returns a label that is not longer than 256 characters. */
export function shortened(label: string, max = MAX_LABEL): string {
  return label.length > max ? `${label.slice(0, max - 1)}…` : label;
}

/**
 * Adds fields to texts of fields, without those that are undefined. Texts are cut at 8,192 characters. A field that is there already
 * is replaced.
 */
export function addFields(to: TextFields, fields: Fields = {}): TextFields {
  const { length } = to;
  for (const key of keysOf(fields)) {
    // Stays a text where the field cannot be read.
    let value: unknown = '';
    const whole = textOf(() => (value = fields[key]));
    if (value === undefined) continue;
    const text = typeof value === 'string' ? shortened(whole, MAX_FIELD) : whole;
    const known = length === 0 ? -1 : indexOf(to, key, length);
    if (known === -1) to.push([key, text]);
    else to[known] = [key, text];
  }
  return to;
}

function indexOf(fields: readonly (readonly [string, string])[], key: string, end: number): number {
  for (let i = 0; i < end; i++) if (fields[i]![0] === key) return i;
  return -1;
}

/** Returns fields without those that are undefined. Texts are cut at 8,192 characters. */
export function shortenedFields(fields: Fields = {}): Fields {
  return Object.fromEntries(addFields([], fields));
}
