/** Returns an id of 16 hex digits as a decimal number. */
export function decimalOf(id: string): string {
  return String(BigInt(`0x${id}`));
}

/** Returns a decimal number as an id of 16 hex digits. */
export function fromDecimalNumber(number: string): string {
  return BigInt(number).toString(16).padStart(16, '0');
}

/** Returns the halves of an id as 16 hex digits. */
export function idOf(low: number, high: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
