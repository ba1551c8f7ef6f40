import { fromDecimal, LAST_MILLISECONDS } from '@throughline/runtime/report';
import type { Report } from '@throughline/runtime/report';
import type { Converted } from '../otlp/to-reports.js';

// Reports as the original X-Trace server answers at `/interactive/reports/TASK`: `[{ "id": …, "reports": [ … ] }]`.

/** The members of a report that are not fields of the program, and what they are in ours. */
const TEXTS: Readonly<Record<string, keyof Report>> = {
  Host: 'host',
  ProcessName: 'processName',
  ThreadName: 'threadName',
  Agent: 'agent',
  Source: 'source',
};
const NUMBERS: Readonly<Record<string, keyof Report>> = {
  ProcessID: 'processId',
  ThreadID: 'threadId',
  TenantClass: 'tenantClass',
};
const DECIMALS: Readonly<Record<string, keyof Report>> = { HRT: 'hrt', Cycles: 'cycles' };
const OTHERS = ['TaskID', 'EventID', 'ParentEventID', 'Timestamp', 'Label', 'Tag', 'Title'];
const KNOWN = new Set([...OTHERS, ...[TEXTS, NUMBERS, DECIMALS].flatMap(Object.keys)]);

/** Returns true if a value looks like the original's answer. */
export function isOriginal(value: unknown): value is readonly { reports: readonly object[] }[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((task) => Array.isArray((Object(task) as { reports?: unknown }).reports))
  );
}

/** Converts the original's reports. Those without ids are rejected. */
export function originalToReports(tasks: readonly { reports: readonly object[] }[]): Converted {
  const reports: Report[] = [];
  let rejected = 0;
  for (const one of tasks.flatMap((task) => task.reports)) {
    const report = reportOf(Object(one) as Readonly<Record<string, unknown>>);
    if (report === undefined) rejected++;
    else reports.push(report);
  }
  return { reports, rejected };
}

function reportOf(given: Readonly<Record<string, unknown>>): Report | undefined {
  const taskId = /^[0-9a-f]{16}(?:[0-9a-f]{16})?$/i
    .exec(String(given['TaskID']))?.[0]
    .toLowerCase();
  const eventId = idOf(given['EventID']);
  if (taskId === undefined || eventId === undefined) return undefined;
  const parents = listOf(given['ParentEventID']).flatMap((id) => idOf(id) ?? []);
  const tags = listOf(given['Tag']).map(String);
  const fields = Object.entries(given).flatMap(([name, value]): [string, string][] =>
    KNOWN.has(name) ? [] : [[name, String(value)]],
  );
  const named = (
    names: typeof TEXTS,
    read: (value: unknown) => unknown,
    isValid: (value: unknown) => boolean = () => true,
  ): object =>
    Object.fromEntries(
      Object.entries(names).flatMap(([name, ours]) => {
        const value = given[name];
        return value === undefined || value === null || !isValid(value)
          ? []
          : [[ours, read(value)]];
      }),
    );
  return {
    ...{ taskId, eventId, parentEventIds: parents },
    ...{ timestamp: microsOf(given['Timestamp']), label: String(given['Label'] ?? '') },
    ...named(TEXTS, String),
    ...named(NUMBERS, Number, (value) => Number.isSafeInteger(Number(value))),
    ...named(DECIMALS, String, isDecimal),
    ...(tags.length > 0 && { tags }),
    ...(fields.length > 0 && { fields }),
  };
}

/** Reads an id: a decimal of 64 bits with a sign. 0 is no event. */
function idOf(value: unknown): string | undefined {
  const id = fromDecimal(String(value));
  return id === NO_EVENT ? undefined : id;
}

const NO_EVENT = '0'.repeat(16);

function isDecimal(value: unknown): boolean {
  return fromDecimal(String(value)) !== undefined;
}

/** Times are milliseconds there, and microseconds where our collector answers. They are told apart by their size, as in reports. */
function microsOf(value: unknown): number {
  const time = Number(value) || 0;
  return Math.abs(time) < LAST_MILLISECONDS ? time * 1000 : time;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
