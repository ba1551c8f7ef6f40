import { reportAt } from '../xtrace/batch.js';
import { padTask } from '../xtrace/ids.js';
import type { Report } from '../xtrace/report.js';
import { NO_PARENT, TASK_ID_HIGH } from '../xtrace/report.js';

type Field = string | number;

/** Reads the reports of a batch of this process: what report-writer.ts has written, and no other report. */
export function readReports(bytes: Uint8Array): Report[] {
  const reports: Report[] = [];
  for (let at = 0; at < bytes.length;) {
    const { start, end } = reportAt(bytes, at);
    reports.push(readReport(fieldsOf(bytes, start, end)));
    at = end;
  }
  return reports;
}

function readReport(fields: ReadonlyMap<number, readonly Field[]>): Report {
  const all = <T extends Field>(field: number): readonly T[] => (fields.get(field) ?? []) as T[];
  const one = <T extends Field>(field: number): T => all<T>(field)[0]!;
  const values = all<string>(16);
  const made: { [K in keyof Report]: Report[K] | undefined } = {
    taskId: padTask((all<string>(TASK_ID_HIGH)[0] ?? '') + one<string>(1)),
    eventId: one(2),
    parentEventIds: all<string>(3).filter((id) => id !== NO_PARENT),
    timestamp: one(4),
    host: one(7),
    processId: one(8),
    processName: one(9),
    threadId: one(10),
    agent: one(12),
    source: one(13),
    label: one(14),
    fields: values.length > 0 ? all<string>(15).map((key, i) => [key, values[i]!]) : undefined,
    tags: fields.has(17) ? all<string>(17) : undefined,
  };
  return made as Report;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Returns the values of each field: ids as hex digits, strings, and integers. */
function fieldsOf(bytes: Uint8Array, start: number, end: number): Map<number, Field[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const fields = new Map<number, Field[]>();
  let at = start;
  while (at < end) {
    const tag = varint();
    const values = fields.get(tag >>> 3) ?? [];
    fields.set(tag >>> 3, values);
    values.push(valueOf(tag & 7));
  }
  return fields;

  /** Protocol Buffers' wire types: 0 is an integer, 1 has 64 bits, and 2 is as long as it says. */
  function valueOf(type: number): Field {
    if (type === 0) return varint();
    if (type === 1) {
      at += 8;
      return view
        .getBigUint64(at - 8, true)
        .toString(16)
        .padStart(16, '0');
    }
    const length = varint();
    at += length;
    return decoder.decode(bytes.subarray(at - length, at));
  }

  function varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}
