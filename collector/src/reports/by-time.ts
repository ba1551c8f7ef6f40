import type { TraceEvent } from './trace-event.js';

/** Sorts events by timestamp; those of the same moment by their ids. */
export function byTime(a: TraceEvent, b: TraceEvent): number {
  return a.timestamp - b.timestamp || (a.eventId < b.eventId ? -1 : 1);
}
