import { toDecimal } from '@throughline/runtime/report';
import type { TraceEvent } from '../reports/trace-event.js';
import { quote } from './plain-text.js';

/**
 * Returns an event as the paper prints it: one field per line, in the paper's order. Ids are the decimals
 * that travel in gRPC metadata; the parent of a root is 0. Fields that the paper does not have come last.
 */
export function textRecord(event: TraceEvent): string {
  const parents = event.parentEventIds.length > 0 ? event.parentEventIds.map(toDecimal) : ['0'];
  const rows: [name: string, value: string | number | undefined][] = [
    ['task_id', toDecimal(event.taskId)],
    ['event_id', toDecimal(event.eventId)],
    ...parents.map((id): [string, string] => ['parent_event_id', id]),
    ['timestamp', event.timestamp],
    ['process_id', event.processId],
    ['process_name', quoteIfPresent(event.processName)],
    ['label', quoteIfPresent(event.label)],
    ['host', quoteIfPresent(event.host)],
    ['thread_id', event.threadId],
    ['thread_name', quoteIfPresent(event.threadName)],
    ['agent', quoteIfPresent(event.agent)],
    ['source', quoteIfPresent(event.source)],
    ...(event.fields ?? []).map(([key, value]): [string, string] => [fieldName(key), quote(value)]),
    ...(event.tags ?? []).map((tag): [string, string] => ['tag', quote(tag)]),
  ];
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** Returns the records of events, in the order given, with a blank line between them. */
export function textRecords(events: readonly TraceEvent[]): string {
  return events.map((event) => `${textRecord(event)}\n`).join('\n');
}

function quoteIfPresent(text: string | undefined): string | undefined {
  return text === undefined ? undefined : quote(text);
}

/** Quotes a name that could be mistaken for another part of the record. */
function fieldName(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : quote(name);
}
