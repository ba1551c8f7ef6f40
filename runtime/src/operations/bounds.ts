import type { Fields } from '../xtrace/log.js';

/** The maximum number of characters of a label. */
const MAX_LABEL = 256;
/** The maximum number of characters of a field. */
const MAX_FIELD = 8192;

/** Returns a label that is not longer than 256 characters. */
export function shortened(label: string, max = MAX_LABEL): string {
  return label.length > max ? `${label.slice(0, max - 1)}…` : label;
}

/** Returns fields without those that are undefined. Texts are cut at 8,192 characters. */
export function shortenedFields(fields: Fields = {}): Fields {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined)
      kept[key] = typeof value === 'string' ? shortened(value, MAX_FIELD) : value;
  }
  return kept;
}
