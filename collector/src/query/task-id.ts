import { fromDecimal } from '@throughline/runtime/report';
import { CollectorError } from '../errors.js';

/**
 * The stored task id that a person means: 32 or 16 hex digits, or the decimal of the paper's
 * records, signed or unsigned. Both readings of 16 digits are given, the hex one first.
 */
export function taskIdsMeant(text: string): string[] {
  const lower = text.toLowerCase();
  const meant: string[] = [];
  if (/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(lower)) meant.push(lower.slice(-16));
  const decimal = fromDecimal(text);
  if (decimal !== undefined) meant.push(decimal);
  if (meant.length > 0) return meant;
  throw new CollectorError(
    'TASK_ID_INVALID',
    `A task id must be 32 or 16 hex digits, or a 64-bit decimal, but is ${JSON.stringify(text)}.`,
  );
}
