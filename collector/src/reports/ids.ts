/** Returns the halves of an id as 16 hex digits. */
export function idOf(low: number, high: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
