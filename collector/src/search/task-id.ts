import { fromDecimal } from '@throughline/runtime/report';
import { CollectorError } from '../errors.js';

/**
 * Returns the task ids that `text` may mean: 32 or 16 hex digits, or the decimal of the paper's records, signed or
 * unsigned. Sixteen decimal digits can be read both ways; the hex reading comes first.
 *
 * Throws `TL_TASK_ID_INVALID`.
 */
export function parseTaskId(text: string): string[] {
  const lower = text.toLowerCase();
  const meant: string[] = [];
  if (/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(lower)) meant.push(lower);
  const decimal = fromDecimal(text);
  if (decimal !== undefined) meant.push(decimal);
  if (meant.length > 0) return meant;
  throw new CollectorError(
    'TL_TASK_ID_INVALID',
    `A task id must be 32 or 16 hex digits or a 64-bit decimal number, got ${JSON.stringify(text)}.`,
  );
}
