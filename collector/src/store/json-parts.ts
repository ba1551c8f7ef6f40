import type { TraceEvent } from '../reports/trace-event.js';

/** How many events are made into one part of JSON. */
const JSON_EVENTS = 1000;
const encoder = new TextEncoder();

/** Writes the events of a task as JSON, `{"taskId":…,"events":[…]}`, cut into parts: none without events. */
export function jsonParts(events: readonly TraceEvent[]): readonly Uint8Array[] {
  if (events.length === 0) return [];
  const parts = [encoder.encode(`{"taskId":${JSON.stringify(events[0]!.taskId)},"events":[`)];
  for (let at = 0; at < events.length; at += JSON_EVENTS) {
    const written = JSON.stringify(events.slice(at, at + JSON_EVENTS));
    parts.push(encoder.encode(`${at > 0 ? ',' : ''}${written.slice(1, -1)}`));
  }
  parts.push(encoder.encode(']}'));
  return parts;
}
