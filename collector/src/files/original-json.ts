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
  const named = (names: typeof TEXTS, read: (value: unknown) => unknown): object =>
    Object.fromEntries(
      Object.entries(names).flatMap(([name, ours]) =>
        given[name] === undefined ? [] : [[ours, read(given[name])]],
      ),
    );
  return {
    ...{ taskId, eventId, parentEventIds: parents },
    ...{ timestamp: Number(given['Timestamp']) || 0, label: String(given['Label'] ?? '') },
    ...named(TEXTS, String),
    ...named(NUMBERS, Number),
    ...named(DECIMALS, String),
    ...(tags.length > 0 && { tags }),
    ...(fields.length > 0 && { fields }),
  };
}

/** Reads an id: a decimal of 64 bits with a sign. 0 is no event. */
function idOf(value: unknown): string | undefined {
  if (!/^-?\d{1,20}$/.test(String(value))) return undefined;
  const id = BigInt.asUintN(64, BigInt(String(value)));
  return id === 0n ? undefined : id.toString(16).padStart(16, '0');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
