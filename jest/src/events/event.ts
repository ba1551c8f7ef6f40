import { randomBytes } from 'node:crypto';
import type { Report } from '@throughline/runtime/report';

/** An event as it is written: a record of the collector's. */
export type Event = Report;

/** The most that is kept of a test in memory, of everything that a program may do without end. */
export const MOST_KEPT = 10_000;

/** An id as the runtime makes them: 64 bits with the top one clear, as 16 hex digits. */
export function newEventId(): string {
  const bytes = randomBytes(8);
  bytes[0]! &= 0x7f;
  return bytes.toString('hex');
}

export function newTaskId(): string {
  return randomBytes(8).toString('hex') + newEventId();
}

/** The half of a task's id that every protocol carries, and the collector keeps. */
export function keptHalf(taskId: string): string {
  return taskId.slice(-16);
}

const { timeOrigin } = performance;

/**
 * Microseconds since 1970, by this realm's clock: a test may have stopped its own, or put it to another
 * year.
 */
export function now(): number {
  return Math.round((timeOrigin + performance.now()) * 1000);
}

/** Puts something into a collection that has an end: when it is full, the oldest goes. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.set(key, value);
  if (map.size <= MOST_KEPT) return;
  const [oldest] = map.keys();
  map.delete(oldest as K);
}
