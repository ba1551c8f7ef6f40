import {
  FIELD,
  OPTIONAL_DECIMALS,
  OPTIONAL_INTEGERS,
  OPTIONAL_TEXTS,
} from '../reports/report-fields.js';
import { idOf } from '../reports/ids.js';
import type { ReportView } from '../reports/report-view.js';
import { ByteReader } from './byte-buffer.js';
import type { ByteBuffer } from './byte-buffer.js';
import { WRITTEN_OUT } from './dictionary.js';
import type { Dictionary } from './dictionary.js';
import type { TraceEvent } from '../reports/trace-event.js';

// How a segment has its events. `ids` has, for each event, its id and the hash of its report: three words. `events` has,
// for each event in the same order, its length and then:
//
//   which optional parts follow (bits of PART), timestamp, the parts, number of parents, the parents, label
//
// A text is either a number of the dictionary (odd: number * 2 + 1) or its length (even: length * 2) and its bytes. All numbers
// are varints; those that may be negative are in zigzag, but for the timestamp, which would not fit.

/** The bytes of one event in `ids`. */
export const ID_BYTES = 12;

const PART = {
  host: 1,
  processId: 2,
  processName: 4,
  threadId: 8,
  threadName: 16,
  agent: 32,
  source: 64,
  pairs: 128,
  tags: 256,
  hrt: 512,
  cycles: 1024,
  tenantClass: 2048,
  /** Not a part: the timestamp is before 1970. */
  early: 4096,
} as const;

/** The maximum size of an event without its texts and parents. */
const FIXED_BYTES = 160;
const TEXT_BYTES = 6;

/** Writes an event into `events`. `scratch` is used for its contents, because the length comes before them. */
export function writeEvent(
  view: ReportView,
  events: ByteBuffer,
  scratch: ByteBuffer,
  dictionary: Dictionary,
): void {
  const { bytes, pairCount, tagCount, parentCount } = view;
  scratch.clear();
  scratch.reserve(FIXED_BYTES + parentCount * 8);
  let parts = (pairCount > 0 ? PART.pairs : 0) | (tagCount > 0 ? PART.tags : 0);
  for (const name of OPTIONAL_TEXTS) if (view.startOf(FIELD[name]) >= 0) parts |= PART[name];
  for (const name of OPTIONAL_INTEGERS) if (view.startOf(FIELD[name]) >= 0) parts |= PART[name];
  for (const name of OPTIONAL_DECIMALS) if (view.startOf(FIELD[name]) >= 0) parts |= PART[name];
  scratch.varint(parts | (view.timestamp < 0 ? PART.early : 0));
  scratch.varint(Math.abs(view.timestamp));

  const text = (start: number, end: number): void => {
    const number = dictionary.numberOf(bytes, start, end);
    scratch.reserve(end - start + TEXT_BYTES);
    if (number !== WRITTEN_OUT) scratch.varint(number * 2 + 1);
    else {
      scratch.varint((end - start) * 2);
      scratch.copy(bytes, start, end);
    }
  };
  for (const name of OPTIONAL_TEXTS) {
    if (parts & PART[name]) text(view.startOf(FIELD[name]), view.endOf(FIELD[name]));
  }
  scratch.reserve(FIXED_BYTES + parentCount * 8);
  for (const name of OPTIONAL_INTEGERS)
    if (parts & PART[name]) scratch.varint(zigzag(view.int32(FIELD[name])));
  for (const name of OPTIONAL_DECIMALS) {
    if ((parts & PART[name]) === 0) continue;
    const value = view.bigint(FIELD[name]);
    scratch.word(Number(value & 0xffffffffn));
    scratch.word(Number((value >> 32n) & 0xffffffffn));
  }
  scratch.varint(parentCount);
  for (let i = 0; i < parentCount * 2; i++) scratch.word(view.parents[i]!);
  // An event without a label has an empty one.
  const label = view.startOf(FIELD.label);
  if (label < 0) scratch.varint(0);
  else text(label, view.endOf(FIELD.label));
  if (pairCount > 0) {
    scratch.reserve(TEXT_BYTES);
    scratch.varint(pairCount);
    for (let i = 0; i < pairCount * 2; i += 2) {
      text(view.keys[i]!, view.keys[i + 1]!);
      text(view.values[i]!, view.values[i + 1]!);
    }
  }
  if (tagCount > 0) {
    scratch.reserve(TEXT_BYTES);
    scratch.varint(tagCount);
    for (let i = 0; i < tagCount * 2; i += 2) text(view.tags[i]!, view.tags[i + 1]!);
  }
  events.reserve(scratch.length + TEXT_BYTES);
  events.varint(scratch.length);
  events.append(scratch);
}

/** Reads the events of a segment. `textOf` returns the text with a number. */
export function readSegment(
  taskId: string,
  ids: Uint8Array,
  events: Uint8Array,
  textOf: (number: number) => string,
): TraceEvent[] {
  const keys = new ByteReader(ids);
  const reader = new ByteReader(events);
  const read: TraceEvent[] = [];
  while (keys.at < ids.length) {
    const low = keys.word();
    const eventId = idOf(low, keys.word());
    keys.at += 4;
    read.push({ taskId, eventId, ...readEvent(reader, textOf) });
  }
  return read;
}

function readEvent(
  reader: ByteReader,
  textOf: (number: number) => string,
): Omit<TraceEvent, 'taskId' | 'eventId'> {
  const text = (): string => {
    const value = reader.varint();
    return value % 2 === 1 ? textOf((value - 1) / 2) : reader.text(value / 2);
  };
  reader.varint();
  const parts = reader.varint();
  const distance = reader.varint();
  const timestamp = parts & PART.early ? -distance : distance;
  const some: Record<string, unknown> = {};
  for (const name of OPTIONAL_TEXTS) if (parts & PART[name]) some[name] = text();
  for (const name of OPTIONAL_INTEGERS)
    if (parts & PART[name]) some[name] = unzigzag(reader.varint());
  for (const name of OPTIONAL_DECIMALS)
    if (parts & PART[name]) some[name] = String(reader.bigint());
  const parentEventIds: string[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    const low = reader.word();
    parentEventIds.push(idOf(low, reader.word()));
  }
  const label = text();
  if (parts & PART.pairs) {
    const fields: (readonly [string, string])[] = [];
    for (let left = reader.varint(); left > 0; left--) fields.push([text(), text()]);
    some['fields'] = fields;
  }
  if (parts & PART.tags) {
    const tags: string[] = [];
    for (let left = reader.varint(); left > 0; left--) tags.push(text());
    some['tags'] = tags;
  }
  return { parentEventIds, timestamp, label, ...some };
}

/** A text as it is stored: its number in the dictionary, or where its bytes are. */
export interface StoredText {
  /** -1 for one that is written out. */
  number: number;
  start: number;
  end: number;
}

/** Where a text of an event stands. */
export type TextPlace = 'label' | 'field' | 'tag';

/**
 * Calls `test` for the label, the fields and the tags of events, until it returns true. Returns true if it did. Nothing is made of
 * the events, so that many can be looked at.
 */
export function someText(
  events: Uint8Array,
  test: (place: TextPlace, text: StoredText, name: StoredText) => boolean,
): boolean {
  const reader = new ByteReader(events);
  const [text, name] = [emptyText(), emptyText()];
  while (reader.at < events.length) {
    reader.varint();
    const parts = reader.varint();
    reader.varint();
    for (const of of OPTIONAL_TEXTS) if (parts & PART[of]) readText(reader, text);
    for (const of of OPTIONAL_INTEGERS) if (parts & PART[of]) reader.varint();
    for (const of of OPTIONAL_DECIMALS) if (parts & PART[of]) reader.at += 8;
    const parents = reader.varint();
    reader.at += parents * 8;
    readText(reader, text);
    let isFound = test('label', text, name);
    if (parts & PART.pairs) {
      for (let left = reader.varint(); left > 0; left--) {
        readText(reader, name);
        readText(reader, text);
        isFound ||= test('field', text, name);
      }
    }
    if (parts & PART.tags) {
      for (let left = reader.varint(); left > 0; left--) {
        readText(reader, text);
        isFound ||= test('tag', text, name);
      }
    }
    if (isFound) return true;
  }
  return false;
}

function emptyText(): StoredText {
  return { number: -1, start: 0, end: 0 };
}

function readText(reader: ByteReader, into: StoredText): void {
  const value = reader.varint();
  into.number = value % 2 === 1 ? (value - 1) / 2 : -1;
  into.start = reader.at;
  if (into.number < 0) reader.at += value / 2;
  into.end = reader.at;
}

/** Makes small numbers of numbers near 0, for varints. */
function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}
