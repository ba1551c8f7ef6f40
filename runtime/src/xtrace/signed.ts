import { lowerHalf } from './ids.js';

/** The 64 bits of an id that are sent, as the two halves that the protobuf library writes. */
export function toSigned(id: string): { low: number; high: number; unsigned: false } {
  const half = lowerHalf(id);
  return { low: word(half.slice(8)), high: word(half.slice(0, 8)), unsigned: false };
}

/** The two halves that the library reads as 16 hex digits. */
export function fromSigned({ low, high }: { low: number; high: number }): string {
  return hex(high) + hex(low);
}

function word(digits: string): number {
  return Number.parseInt(digits, 16) | 0;
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
