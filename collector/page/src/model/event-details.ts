import type { TraceEvent } from '../../../src/reports/trace-event';
import { dateTime } from './text';

/** Fields that say what an event is of an operation: the page shows them in other ways. */
const SHOWN_OTHERWISE = new Set(['operation', 'phase', 'join.failed', 'join.abandoned']);

/** Returns what the panel shows of an event, beside its parents and children: names and values. */
export function eventDetails(event: TraceEvent): [name: string, value: string][] {
  const { processName, processId, threadId, threadName, host, source, agent } = event;
  const { hrt, cycles, tenantClass } = event;
  const rows: (readonly [string, string | number | undefined])[] = [
    ['time', dateTime(event.timestamp)],
    ['source', source],
    ...(event.fields ?? []).filter(([name]) => !SHOWN_OTHERWISE.has(name)),
    ['tags', event.tags?.join(', ')],
    ['process', processName],
    ['process id', processId],
    ['host', host],
    ['thread', threadName ?? threadId],
    ['logger', agent],
    ['high-resolution time', hrt],
    ['cycles', cycles],
    ['tenant class', tenantClass],
    ['event id', event.eventId],
    ['task id', event.taskId],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}
