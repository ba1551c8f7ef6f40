/** How many tasks are named as examples. */
export const EXAMPLES = 3;

/** Returns the value that this part of all values is at most, of values from the largest to the smallest. */
export function valueAt<T>(descending: readonly T[], part: number): T | undefined {
  return descending[Math.floor((1 - part) * descending.length)];
}
