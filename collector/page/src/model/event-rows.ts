import type { TraceEvent } from '../../../src/store/store';
import { dateTime } from './text';

/** Returns the rows that the panel shows: every field of an event, by name. */
export function eventRows(event: TraceEvent): [name: string, value: string][] {
  const { processName, processId, threadId, threadName, host, source, agent } = event;
  const rows: (readonly [string, string | number | undefined])[] = [
    ['label', event.label],
    ['time', dateTime(event.timestamp)],
    ['process', processName],
    ['process id', processId],
    ['host', host],
    ['thread', threadName ?? threadId],
    ['source', source],
    ['logger', agent],
    ...(event.fields ?? []),
    ['tags', event.tags?.join(', ')],
    ['event id', event.eventId],
    ...(event.parentEventIds.length > 0
      ? event.parentEventIds.map((id): [string, string] => ['parent', id])
      : [['parent', 'none (starts the task)'] as [string, string]]),
    ['task id', event.taskId],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}
