import type { Context } from 'hono';
import { CollectorError } from '../errors.js';

/** Returns a whole number of a request's query. Throws `TL_QUERY_INVALID`. */
export function wholeNumber(
  context: Context,
  name: string,
  fallback: number,
  most: number,
): number {
  const text = context.req.query(name);
  if (text === undefined) return fallback;
  if (/^\d{1,16}$/.test(text) && Number(text) <= most) return Number(text);
  throw new CollectorError(
    'TL_QUERY_INVALID',
    `"${name}" must be a whole number from 0 to ${most}, got ${JSON.stringify(text)}.`,
  );
}

/** Returns a query parameter that must be one of `words`; the first of them without it. Throws `TL_QUERY_INVALID`. */
export function oneOf<T extends string>(context: Context, name: string, words: readonly T[]): T {
  const text = context.req.query(name) ?? words[0]!;
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new CollectorError(
    'TL_QUERY_INVALID',
    `"${name}" must be ${words.join(', ')}, got ${JSON.stringify(text)}.`,
  );
}
