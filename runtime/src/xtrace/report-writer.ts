import { isPadded } from './ids.js';
import { REPORT_TOPIC } from './report.js';
import type { Report } from './report.js';

// The one message that a traced program writes, at every event: a report in X-Trace's v4 (field numbers in
// report-codec.ts). Written field by field into one buffer, each function taking the place to write at and
// giving the next one. The library that reads reports makes thirty objects of each that it writes.

const BUFFER_BYTES = 64 * 1024;
/** A buffer that has grown beyond this is not kept for the next batch. */
const MOST_KEPT_BYTES = 1024 * 1024;
let buffer = new Uint8Array(BUFFER_BYTES);

/** A report as the bytes of one message. */
export function encodeReport(report: Report): Uint8Array {
  return written(writeReport(withRoomFor(report, 0), 0, report));
}

/** Reports as they go to the collector: each a message of the pubsub protocol (frames.ts). */
export function encodeReports(reports: readonly Report[]): Uint8Array {
  let at = 0;
  for (const report of reports) {
    const bytes = withRoomFor(report, at);
    const start = writeTopic(bytes, at) + 4;
    at = writeReport(bytes, start, report);
    writeLength(bytes, start - 4, at - start);
  }
  return written(at);
}

/** A copy of what is in the buffer. */
function written(length: number): Uint8Array {
  const bytes = buffer.slice(0, length);
  if (buffer.length > MOST_KEPT_BYTES) buffer = new Uint8Array(BUFFER_BYTES);
  return bytes;
}

const encoder = new TextEncoder();
const topic = encoder.encode(REPORT_TOPIC);

/** At most so many bytes for each field beside its text, which takes three for a UTF-16 unit. */
const FIELD_BYTES = 16;
/** All fields that are not repeated, and the frame. */
const SINGLE_FIELDS = 16;
const none: readonly never[] = [];

/** The buffer, large enough for one more report: nothing below has to ask again. */
function withRoomFor(report: Report, at: number): Uint8Array {
  const { fields = none, tags = none } = report;
  let units =
    report.label.length +
    unitsOf(report.host) +
    unitsOf(report.processName) +
    unitsOf(report.threadName) +
    unitsOf(report.agent) +
    unitsOf(report.source);
  for (let i = 0; i < fields.length; i++) units += fields[i]![0].length + fields[i]![1].length;
  for (let i = 0; i < tags.length; i++) units += tags[i]!.length;
  const count = SINGLE_FIELDS + report.parentEventIds.length + fields.length * 2 + tags.length;
  const needed = at + units * 3 + count * FIELD_BYTES;
  if (needed > buffer.length) {
    const larger = new Uint8Array(Math.max(needed, buffer.length * 2));
    larger.set(buffer.subarray(0, at));
    buffer = larger;
  }
  return buffer;
}

function unitsOf(value: string | undefined): number {
  return value === undefined ? 0 : value.length;
}

function writeReport(bytes: Uint8Array, at: number, report: Report): number {
  const { parentEventIds, fields = none, tags = none } = report;
  at = id(bytes, at, 1, report.taskId);
  at = id(bytes, at, 2, report.eventId);
  // Unpacked, as both original clients write them. A root has the parent 0: readers of both take it for one.
  if (parentEventIds.length === 0) at = id(bytes, at, 3, '');
  for (let i = 0; i < parentEventIds.length; i++) at = id(bytes, at, 3, parentEventIds[i]!);
  at = integer(bytes, at, 4, report.timestamp);
  at = text(bytes, at, 7, report.host);
  at = integer(bytes, at, 8, report.processId);
  at = text(bytes, at, 9, report.processName);
  at = integer(bytes, at, 10, report.threadId);
  at = text(bytes, at, 11, report.threadName);
  at = text(bytes, at, 12, report.agent);
  at = text(bytes, at, 13, report.source);
  at = text(bytes, at, 14, report.label);
  for (let i = 0; i < fields.length; i++) at = text(bytes, at, 15, fields[i]![0]);
  for (let i = 0; i < fields.length; i++) at = text(bytes, at, 16, fields[i]![1]);
  for (let i = 0; i < tags.length; i++) at = text(bytes, at, 17, tags[i]);
  return at;
}

function writeTopic(bytes: Uint8Array, at: number): number {
  at = writeLength(bytes, at, topic.length);
  for (let i = 0; i < topic.length; i++) bytes[at++] = topic[i]!;
  return at;
}

/** A frame's length, big-endian. */
function writeLength(bytes: Uint8Array, at: number, length: number): number {
  bytes[at++] = length >>> 24;
  bytes[at++] = length >>> 16;
  bytes[at++] = length >>> 8;
  bytes[at++] = length;
  return at;
}

// Protocol Buffers' wire types.
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

function varint(bytes: Uint8Array, at: number, value: number): number {
  while (value > 127) {
    bytes[at++] = (value & 127) | 128;
    value >>>= 7;
  }
  bytes[at++] = value;
  return at;
}

/** An integer of 32 or 64 bits. One below zero takes ten bytes, as its two's complement does. */
function integer(bytes: Uint8Array, at: number, field: number, value: number | undefined): number {
  if (value === undefined) return at;
  at = varint(bytes, at, field * 8 + VARINT);
  let low = value >>> 0;
  let high = Math.floor(value / 0x1_0000_0000) >>> 0;
  while (high > 0) {
    bytes[at++] = (low & 127) | 128;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  return varint(bytes, at, low);
}

/** The 64 bits of an id that the protocol carries (`lowerHalf`), little-endian. */
function id(bytes: Uint8Array, at: number, field: number, digits: string): number {
  at = varint(bytes, at, field * 8 + FIXED64);
  const start = digits.length - 16;
  const high = word(digits, start);
  at = halfOfId(bytes, at, word(digits, start + 8));
  return halfOfId(
    bytes,
    at,
    high < 0 && start > 0 && !isPadded(digits) ? high & 0x7fff_ffff : high,
  );
}

function halfOfId(bytes: Uint8Array, at: number, half: number): number {
  bytes[at++] = half;
  bytes[at++] = half >>> 8;
  bytes[at++] = half >>> 16;
  bytes[at++] = half >>> 24;
  return at;
}

/** Eight hex digits; those before the first are 0. */
function word(digits: string, start: number): number {
  let value = 0;
  for (let i = start < 0 ? 0 : start; i < start + 8; i++) {
    const code = digits.charCodeAt(i);
    value = (value << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return value;
}

function text(bytes: Uint8Array, at: number, field: number, value: string | undefined): number {
  if (value === undefined) return at;
  at = varint(bytes, at, field * 8 + LENGTH_DELIMITED);
  const { length } = value;
  if (length < 128) {
    // Most texts: each unit is a byte, and so is their number.
    let i = 0;
    for (; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) break;
      bytes[at + 1 + i] = code;
    }
    if (i === length) {
      bytes[at] = length;
      return at + 1 + length;
    }
  }
  const encoded = encoder.encode(value);
  at = varint(bytes, at, encoded.length);
  bytes.set(encoded, at);
  return at + encoded.length;
}
