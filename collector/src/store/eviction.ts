import type { Driver } from './driver.js';
import type { Totals } from './totals.js';

/** How many tasks one call removes. */
const AT_ONCE = 256;
/** It goes on until so much of the largest size is used, so that it is not needed at every batch. */
const DOWN_TO = 0.95;

/** What a store may keep. */
export interface Limits {
  readonly maxBytes: number;
  /** Tasks whose last event is older are removed, in microseconds since 1970. */
  readonly before: number;
}

/**
 * Removes whole tasks, those with the oldest last event first, while the store is too large, and those that are too old. Removes a part
 * in each call. Returns how many it has removed, and true if there is more to remove.
 */
export function evict(
  driver: Driver,
  totals: Totals,
  { maxBytes, before }: Limits,
  sizeOf: () => number,
): { readonly removed: number; readonly isMore: boolean } {
  const isTooLarge = sizeOf() > maxBytes;
  const oldest = driver
    .prepare('SELECT number, last, events FROM tasks ORDER BY last, number DESC LIMIT ?')
    .all(AT_ONCE);
  const chosen = isTooLarge ? oldest : oldest.filter(({ last }) => (last as number) < before);
  const removeSegments = driver.prepare('DELETE FROM segments WHERE task = ?');
  const removeTask = driver.prepare('DELETE FROM tasks WHERE number = ?');
  let removed = 0;
  for (const { number, events } of chosen) {
    removeSegments.run(number!);
    removeTask.run(number!);
    totals.tasks--;
    totals.events -= events as number;
    totals.evictedTasks++;
    totals.evictedEvents += events as number;
    removed++;
    if (isTooLarge && sizeOf() < maxBytes * DOWN_TO) break;
  }
  if (removed > 0) totals.store();
  const isEnough = isTooLarge && sizeOf() < maxBytes * DOWN_TO;
  return { removed, isMore: removed === AT_ONCE && !isEnough };
}
