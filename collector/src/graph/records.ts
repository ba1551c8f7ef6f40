import { toDecimal } from '@throughline/runtime/report';
import type { TraceEvent } from '../store/store.js';
import { quoted } from './plain-text.js';

/**
 * An event as the paper prints it: one field a line, in the paper's order. Ids are the decimals
 * that travel in gRPC metadata; a root's parent is 0. What the paper does not have comes after.
 */
export function textRecord(event: TraceEvent): string {
  const parents = event.parentEventIds.length > 0 ? event.parentEventIds.map(toDecimal) : ['0'];
  const rows: [name: string, value: string | number | undefined][] = [
    ['task_id', toDecimal(event.taskId)],
    ['event_id', toDecimal(event.eventId)],
    ...parents.map((id): [string, string] => ['parent_event_id', id]),
    ['timestamp', event.timestamp],
    ['process_id', event.processId],
    ['process_name', quotedIf(event.processName)],
    ['label', quotedIf(event.label)],
    ['host', quotedIf(event.host)],
    ['thread_id', event.threadId],
    ['thread_name', quotedIf(event.threadName)],
    ['agent', quotedIf(event.agent)],
    ['source', quotedIf(event.source)],
    ...(event.fields ?? []).map(([key, value]): [string, string] => [
      fieldName(key),
      quoted(value),
    ]),
    ...(event.tags ?? []).map((tag): [string, string] => ['tag', quoted(tag)]),
  ];
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** Records of a task, causes first, with a blank line between two. */
export function textRecords(events: readonly TraceEvent[]): string {
  return events.map((event) => `${textRecord(event)}\n`).join('\n');
}

function quotedIf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : quoted(text);
}

/** A name that could be taken for something else stands in quotes. */
function fieldName(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : quoted(name);
}
