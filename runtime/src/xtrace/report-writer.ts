import { isPadded } from './ids.js';
import { IN_MICROSECONDS, LAST_MILLISECONDS, REPORT_TOPIC, TASK_ID_HIGH } from './report.js';
import type { Report } from './report.js';

// Writes the one message that a traced program sends, once per event: an X-Trace report v4 (Brown's X-Trace,
// `xtrace.proto`). Each function writes into one shared buffer at the offset it gets, and returns the next offset. A
// protobuf library would make thirty objects per report.

const BUFFER_BYTES = 64 * 1024;
/** A buffer that has grown beyond this size is not kept for the next batch. */
const MOST_KEPT_BYTES = 1024 * 1024;
let buffer = new Uint8Array(BUFFER_BYTES);

/** Returns a report encoded as one message. */
export function encodeReport(report: Report): Uint8Array {
  return written(writeReport(withRoomFor(report, 0), 0, report));
}

/** A batch of reports, and how many it has. */
export interface Batch {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Returns reports as a batch: each after its length as a varint, as X-Trace's report files have them. */
export function encodeBatch(reports: readonly Report[]): Uint8Array {
  return encodeSome(reports, Infinity).bytes;
}

/**
 * Returns the first of the reports as a batch: as many as have `maxBytes`, and at least one. Room for `headBytes` is left before
 * them.
 */
export function encodeSome(reports: readonly Report[], maxBytes: number, headBytes = 0): Batch {
  let at = headBytes;
  let count = 0;
  for (; count < reports.length; count++) {
    const report = reports[count]!;
    const bytes = withRoomFor(report, at);
    // The length is known at the end. Most reports have two bytes of it, and stay where they are.
    const start = at + USUAL_LENGTH_BYTES;
    const end = writeReport(bytes, start, report);
    const length = end - start;
    // Seven bits a byte.
    const contents = at + Math.ceil((32 - Math.clz32(length)) / 7);
    const next = contents + length;
    if (next - headBytes > maxBytes && count > 0) break;
    if (contents !== start) bytes.copyWithin(contents, start, end);
    varint(bytes, at, length);
    at = next;
  }
  return { bytes: written(at), count };
}

/** Returns reports encoded for the original collector, each as a message of the pubsub protocol. */
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

/** Returns a copy of the first `length` bytes of the buffer. */
function written(length: number): Uint8Array {
  const bytes = buffer.slice(0, length);
  if (buffer.length > MOST_KEPT_BYTES) buffer = new Uint8Array(BUFFER_BYTES);
  return bytes;
}

const encoder = new TextEncoder();
const topic = encoder.encode(REPORT_TOPIC);

/** The maximum size of a field without its string. A string takes at most three bytes per UTF-16 unit. */
const FIELD_BYTES = 16;
/** The size of the length of most reports. A longer one, of five bytes at most, fits as well: there is room for more fields. */
const USUAL_LENGTH_BYTES = 2;
/** The number of fields that are not repeated, and the message header. */
const SINGLE_FIELDS = 20;
const none: readonly never[] = [];

/** Returns the buffer, grown to fit one more report, so that the functions below need not check its size. */
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
  // Unpacked, as both original clients write them. The first event of a task has the parent 0, as with both.
  if (parentEventIds.length === 0) at = id(bytes, at, 3, '');
  for (let i = 0; i < parentEventIds.length; i++) at = id(bytes, at, 3, parentEventIds[i]!);
  at = integer(bytes, at, 4, report.timestamp);
  if (report.hrt !== undefined) at = decimal(bytes, at, 5, report.hrt);
  if (report.cycles !== undefined) at = decimal(bytes, at, 6, report.cycles);
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
  at = integer(bytes, at, 18, report.tenantClass);
  const { taskId, timestamp } = report;
  if (taskId.length === 32 && !isPadded(taskId)) {
    at = halfId(bytes, at, TASK_ID_HIGH, taskId, 0);
  }
  return Math.abs(timestamp) < LAST_MILLISECONDS ? integer(bytes, at, IN_MICROSECONDS, 1) : at;
}

function writeTopic(bytes: Uint8Array, at: number): number {
  at = writeLength(bytes, at, topic.length);
  for (let i = 0; i < topic.length; i++) bytes[at++] = topic[i]!;
  return at;
}

/** Writes the length of a message as 32 bits, big-endian. */
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

/** Writes an integer of 32 or 64 bits. A negative one takes ten bytes, as its 64-bit two's complement. */
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

/** Writes a decimal as a 64-bit integer. */
function decimal(bytes: Uint8Array, at: number, field: number, digits: string): number {
  at = varint(bytes, at, field * 8 + VARINT);
  let left = BigInt.asUintN(64, BigInt(digits));
  for (; left > 127n; left >>= 7n) bytes[at++] = Number(left & 127n) | 128;
  bytes[at++] = Number(left);
  return at;
}

/** Writes the lower 64 bits of an id, little-endian. */
function id(bytes: Uint8Array, at: number, field: number, digits: string): number {
  return halfId(bytes, at, field, digits, digits.length - 16);
}

/** Writes 16 hex digits as 64 bits. A negative `start` means leading zeros. */
function halfId(
  bytes: Uint8Array,
  at: number,
  field: number,
  digits: string,
  start: number,
): number {
  at = varint(bytes, at, field * 8 + FIXED64);
  at = word(bytes, at, digits, start + 8);
  return word(bytes, at, digits, start);
}

/** Writes eight hex digits as 32 bits. A negative `start` means leading zeros. */
function word(bytes: Uint8Array, at: number, digits: string, start: number): number {
  let value = 0;
  for (let i = start < 0 ? 0 : start; i < start + 8; i++) {
    const code = digits.charCodeAt(i);
    // Of "0" to "9" the lower four bits are the value; of "a" to "f" they are 9 less. A branch would be guessed wrong too often.
    value = (value << 4) | ((code & 15) + (code >> 6) * 9);
  }
  bytes[at++] = value;
  bytes[at++] = value >>> 8;
  bytes[at++] = value >>> 16;
  bytes[at++] = value >>> 24;
  return at;
}

function text(bytes: Uint8Array, at: number, field: number, value: string | undefined): number {
  if (value === undefined) return at;
  at = varint(bytes, at, field * 8 + LENGTH_DELIMITED);
  const { length } = value;
  if (length < 128) {
    // Most strings are short and ASCII: each unit is one byte, and so is the length.
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
