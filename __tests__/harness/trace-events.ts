import type { TraceEvent } from '../../collector/src/reports/trace-event';

/** 16 hex digits that end in the given number. */
export function id(number: number): string {
  return number.toString(16).padStart(16, '0');
}

/** An event as a store keeps it: of task `task`, with the given id, after the given parents. */
export function event(
  task: number,
  number: number,
  parents: readonly number[] = [],
  more: Partial<TraceEvent> = {},
): TraceEvent {
  return {
    taskId: id(task),
    eventId: id(number),
    parentEventIds: parents.map(id),
    timestamp: 1_700_000_000_000_000 + number,
    label: `event ${number}`,
    ...more,
  };
}
