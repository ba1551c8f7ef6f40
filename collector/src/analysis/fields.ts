import type { TraceEvent } from '../store/store.js';

/** Returns a field of an event. */
export function fieldOf({ fields = [] }: TraceEvent, name: string): string | undefined {
  return fields.find(([key]) => key === name)?.[1];
}

/** Returns true if an event begins an operation. */
export function begins(event: TraceEvent): boolean {
  return fieldOf(event, 'phase') === 'begin';
}

/** Returns true if an event ends the operation that another one begins. */
export function ends(event: TraceEvent, begin: TraceEvent): boolean {
  return fieldOf(event, 'phase') === 'end' && fieldOf(event, 'operation') === begin.eventId;
}

/** Returns what tells the process of an event from others. */
export function processOf({ host = '', processId = 0, processName = '' }: TraceEvent): string {
  return `${host}\n${processId}\n${processName}`;
}
