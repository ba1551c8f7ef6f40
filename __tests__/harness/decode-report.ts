import type { Report } from '@throughline/runtime/report';
import { idOf } from '../../collector/src/reports/ids';
import { FIELD } from '../../collector/src/reports/report-fields';
import { ReportView } from '../../collector/src/reports/report-view';

/** The fields of a report that have text, by their name in an event. */
const TEXTS = {
  host: FIELD.host,
  processName: FIELD.processName,
  threadName: FIELD.threadName,
  agent: FIELD.agent,
  source: FIELD.source,
} as const;
const INTEGERS = {
  processId: FIELD.processId,
  threadId: FIELD.threadId,
  tenantClass: FIELD.tenantClass,
} as const;
/** They can be beyond what a number holds, so they are decimals. */
const DECIMALS = { hrt: FIELD.hrt, cycles: FIELD.cycles } as const;

/**
 * Decodes one report. Throws an `Error` for malformed bytes or missing ids. Drops parents that are 0; an event without parents
 * is a root.
 */
export function decodeReport(bytes: Uint8Array): Report {
  const view = new ReportView();
  view.read(bytes, 0, bytes.length);
  const has = (field: number): boolean => view.startOf(field) >= 0;
  const textOf = (field: number): string => view.text(view.startOf(field), view.endOf(field));
  const textIn = (ranges: readonly number[], i: number): string =>
    view.text(ranges[i * 2]!, ranges[i * 2 + 1]!);
  const some: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(TEXTS)) if (has(field)) some[name] = textOf(field);
  for (const [name, field] of Object.entries(INTEGERS)) {
    if (has(field)) some[name] = view.int32(field);
  }
  for (const [name, field] of Object.entries(DECIMALS)) {
    if (has(field)) some[name] = String(view.bigint(field));
  }
  const upper =
    view.upperLow === 0 && view.upperHigh === 0 ? '' : idOf(view.upperLow, view.upperHigh);
  return {
    taskId: upper + idOf(view.taskLow, view.taskHigh),
    eventId: idOf(view.eventLow, view.eventHigh),
    parentEventIds: Array.from({ length: view.parentCount }, (_, i) =>
      idOf(view.parents[i * 2]!, view.parents[i * 2 + 1]!),
    ),
    timestamp: view.timestamp,
    label: has(FIELD.label) ? textOf(FIELD.label) : '',
    ...(some as Partial<Report>),
    ...(view.pairCount > 0 && {
      fields: Array.from(
        { length: view.pairCount },
        (_, i) => [textIn(view.keys, i), textIn(view.values, i)] as const,
      ),
    }),
    ...(view.tagCount > 0 && {
      tags: Array.from({ length: view.tagCount }, (_, i) => textIn(view.tags, i)),
    }),
  };
}
