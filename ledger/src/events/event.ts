import type { Report } from '@throughline/runtime/report';

/** An event as it is written to a file, in the format of the collector. */
export type TestEvent = Report;

/** The maximum number of entries in each collection that a test keeps in memory. */
export const MOST_KEPT = 10_000;

/** Returns the half of a task id that every protocol carries and the collector stores. */
export function shortTaskId(taskId: string): string {
  return taskId.slice(-16);
}

const { timeOrigin } = performance;

/**
 * Returns the time in microseconds since 1970, by the clock of this realm: a test may have stopped or moved
 * its own.
 */
export function now(): number {
  return Math.round((timeOrigin + performance.now()) * 1000);
}

/** Sets an entry of a bounded map. Drops the oldest entry when the map is full. */
export function setBounded<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.set(key, value);
  if (map.size <= MOST_KEPT) return;
  const [oldest] = map.keys();
  map.delete(oldest as K);
}
