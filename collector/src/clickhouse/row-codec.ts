import type { TraceEvent } from '../reports/trace-event.js';
import { idOf } from '../reports/ids.js';
import {
  FIELD,
  OPTIONAL_DECIMALS,
  OPTIONAL_INTEGERS,
  OPTIONAL_TEXTS,
} from '../reports/report-fields.js';
import type { ReportView } from '../reports/report-view.js';
import type { ByteBuffer } from '../store/byte-buffer.js';
import { ByteReader } from '../store/byte-buffer.js';

// Rows of the table `events` as ClickHouse takes and gives them: RowBinary ("Formats", RowBinary). Numbers are little-endian, texts
// and lists stand after their length as a varint, and what may be missing after a byte that is 1 if it is.

/** The most that a row has beside its texts and parents, and that the length of a text takes. */
const FIXED_BYTES = 192;
const LENGTH_BYTES = 5;

/** What a row has beside its report. */
export interface RowFacts {
  /** Halves of the operation that the event ends; both are 0 if it ends none. */
  readonly endsLow: number;
  readonly endsHigh: number;
  readonly failed: boolean;
  readonly hash: number;
  readonly writer: number;
  readonly seq: number;
}

/** Writes the row of a report. */
export function writeRow(view: ReportView, rows: ByteBuffer, facts: RowFacts): void {
  const { parentCount } = view;
  rows.reserve(FIXED_BYTES + parentCount * 8);
  rows.word(view.taskLow);
  rows.word(view.taskHigh);
  rows.word(view.upperLow);
  rows.word(view.upperHigh);
  rows.word(view.eventLow);
  rows.word(view.eventHigh);
  writeNumber(rows, view.timestamp);
  rows.varint(parentCount);
  for (let i = 0; i < parentCount * 2; i++) rows.word(view.parents[i]!);
  // An event without a label has an empty one.
  const label = view.startOf(FIELD.label);
  if (label < 0) rows.varint(0);
  else writeText(view, rows, label, view.endOf(FIELD.label));
  for (const name of OPTIONAL_TEXTS) {
    const start = view.startOf(FIELD[name]);
    rows.reserve(1);
    rows.byte(start < 0 ? 1 : 0);
    if (start >= 0) writeText(view, rows, start, view.endOf(FIELD[name]));
  }
  rows.reserve(FIXED_BYTES);
  for (const name of OPTIONAL_INTEGERS) {
    const isMissing = view.startOf(FIELD[name]) < 0;
    rows.byte(isMissing ? 1 : 0);
    if (!isMissing) rows.word(view.int32(FIELD[name]));
  }
  for (const name of OPTIONAL_DECIMALS) {
    const isMissing = view.startOf(FIELD[name]) < 0;
    rows.byte(isMissing ? 1 : 0);
    if (isMissing) continue;
    const value = view.bigint(FIELD[name]);
    rows.word(Number(value & 0xffffffffn));
    rows.word(Number((value >> 32n) & 0xffffffffn));
  }
  writeTexts(view, rows, view.keys, view.pairCount);
  writeTexts(view, rows, view.values, view.pairCount);
  writeTexts(view, rows, view.tags, view.tagCount);
  rows.reserve(FIXED_BYTES);
  rows.word(facts.endsLow);
  rows.word(facts.endsHigh);
  rows.byte(facts.failed ? 1 : 0);
  rows.word(facts.hash);
  rows.word(facts.writer);
  writeNumber(rows, facts.seq);
}

/** Writes a whole number of up to 53 bits as one of 64. */
function writeNumber(rows: ByteBuffer, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  rows.word(value - high * 2 ** 32);
  rows.word(high);
}

function writeText(view: ReportView, rows: ByteBuffer, start: number, end: number): void {
  rows.reserve(end - start + LENGTH_BYTES);
  rows.varint(end - start);
  rows.copy(view.bytes, start, end);
}

/** `ranges` has where each text begins and ends, in turn. */
function writeTexts(
  view: ReportView,
  rows: ByteBuffer,
  ranges: readonly number[],
  count: number,
): void {
  rows.reserve(LENGTH_BYTES);
  rows.varint(count);
  for (let i = 0; i < count * 2; i += 2) writeText(view, rows, ranges[i]!, ranges[i + 1]!);
}

/** An event that was read, and where it stands in the order in which events were stored. */
export interface StoredEvent {
  readonly event: TraceEvent;
  readonly writer: number;
  readonly seq: number;
}

/** Reads rows with all columns. The events are of the task with the given id, whichever half of it their reports had. */
export function readRows(bytes: Uint8Array, taskId: string): StoredEvent[] {
  const reader = new ByteReader(bytes);
  const read: StoredEvent[] = [];
  while (reader.at < bytes.length) read.push(readRow(reader, taskId));
  return read;
}

function readRow(reader: ByteReader, taskId: string): StoredEvent {
  const isMissing = (): boolean => reader.bytes[reader.at++] === 1;
  const texts = (): string[] => Array.from({ length: reader.varint() }, () => readText(reader));
  reader.at += 16;
  const eventId = readId(reader);
  const timestamp = Number(reader.bigint());
  const parentEventIds = Array.from({ length: reader.varint() }, () => readId(reader));
  const label = readText(reader);
  const some: Record<string, unknown> = {};
  for (const name of OPTIONAL_TEXTS) if (!isMissing()) some[name] = readText(reader);
  for (const name of OPTIONAL_INTEGERS) if (!isMissing()) some[name] = reader.word() | 0;
  for (const name of OPTIONAL_DECIMALS) if (!isMissing()) some[name] = String(reader.bigint());
  const names = texts();
  const values = texts();
  if (names.length > 0) some['fields'] = names.map((name, i) => [name, values[i]!]);
  const tags = texts();
  if (tags.length > 0) some['tags'] = tags;
  // The operation that it ends, whether it failed, and its hash.
  reader.at += 13;
  const writer = reader.word();
  const seq = Number(reader.bigint());
  return { event: { taskId, eventId, parentEventIds, timestamp, label, ...some }, writer, seq };
}

function readText(reader: ByteReader): string {
  return reader.text(reader.varint());
}

function readId(reader: ByteReader): string {
  const low = reader.word();
  return idOf(low, reader.word());
}
