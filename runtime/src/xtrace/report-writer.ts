import { reportAt } from './batch.js';
import type { Batch } from './batch.js';
import { bits, bitsAt } from './id-bits.js';
import { isPadded } from './ids.js';
import { IN_MICROSECONDS, LAST_MILLISECONDS, NO_PARENT, TASK_ID_HIGH } from './report.js';
import type { Report } from './report.js';

// Writes the one message that a traced program sends, once per event: an X-Trace report v4 (Brown's X-Trace,
// `xtrace.proto`). Each function writes into a buffer at the offset it gets, and returns the next offset. A
// protobuf library would make thirty objects per report.

/** Returns a report encoded as one message. */
export function encodeReport(report: Report): Uint8Array {
  const bytes = encodeBatch([report]);
  return bytes.subarray(reportAt(bytes, 0).start);
}

/** Returns reports as a batch: each after its length as a varint, as X-Trace's report files have them. */
export function encodeBatch(reports: readonly Report[]): Uint8Array {
  return encodeSome(reports, Infinity).bytes;
}

/** Returns the first of the reports as a batch: as many as have `maxBytes`, and at least one. */
export function encodeSome(reports: readonly Report[], maxBytes: number): Batch {
  // Nothing is left of reports that could not be written.
  scratch.length = 0;
  let count = 0;
  for (; count < reports.length; count++) {
    const before = scratch.length;
    scratch.append(reports[count]!);
    if (scratch.length <= maxBytes || count === 0) continue;
    scratch.length = before;
    break;
  }
  return { bytes: scratch.take(), count };
}

const BUFFER_BYTES = 64 * 1024;
/** A buffer that has grown beyond this size is not kept for the next batch. */
const MOST_KEPT_BYTES = 1024 * 1024;

/** A buffer to which reports are added as a batch. It grows, and is used again. */
export class ReportBuffer {
  private bytes = new Uint8Array(BUFFER_BYTES);
  /** How many bytes are written. A smaller number takes the last reports back. */
  length = 0;

  append(report: Report): void {
    const at = this.length;
    const origin = originOf(report);
    const bytes = this.withRoomFor(mostBytesOf(report, origin));
    // The length is known at the end. Most reports have two bytes of it, and stay where they are.
    const start = at + USUAL_LENGTH_BYTES;
    const end = writeReport(bytes, start, report, origin);
    const length = end - start;
    const contents = at + varintBytes(length);
    if (contents !== start) bytes.copyWithin(contents, start, end);
    varint(bytes, at, length);
    this.length = contents + length;
  }

  /** Returns what was written, and begins anew. */
  take(): Uint8Array {
    const bytes = this.bytes.slice(0, this.length);
    if (this.bytes.length > MOST_KEPT_BYTES) this.bytes = new Uint8Array(BUFFER_BYTES);
    this.length = 0;
    return bytes;
  }

  /** Returns the buffer with room for so many bytes more, so that the functions below need not check its size. */
  private withRoomFor(mostBytes: number): Uint8Array {
    const needed = this.length + mostBytes;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    return this.bytes;
  }
}

const scratch = new ReportBuffer();

const encoder = new TextEncoder();

/** The maximum size of a field without its string. A string takes at most three bytes per UTF-16 unit. */
const FIELD_BYTES = 16;
/** The size of the length of most reports. A longer one, of five bytes at most, fits as well: there is room for more fields. */
const USUAL_LENGTH_BYTES = 2;
/** The number of fields that are not repeated, and the message header. */
const SINGLE_FIELDS = 20;
const none: readonly never[] = [];

/** Returns how many bytes a report has at most, with its length. */
function mostBytesOf(report: Report, origin: Origin): number {
  const { fields = none, tags = none } = report;
  let units =
    report.label.length +
    unitsOf(report.threadName) +
    unitsOf(report.agent) +
    unitsOf(report.source);
  for (let i = 0; i < fields.length; i++) units += fields[i]![0].length + fields[i]![1].length;
  for (let i = 0; i < tags.length; i++) units += tags[i]!.length;
  const count = SINGLE_FIELDS + report.parentEventIds.length + fields.length * 2 + tags.length;
  return origin.bytes.length + units * 3 + count * FIELD_BYTES;
}

function unitsOf(value: string | undefined): number {
  return value === undefined ? 0 : value.length;
}

/** Where reports come from, and the fields that say so. All of a process have the same. */
let lastOrigin = {
  host: undefined as string | undefined,
  processId: undefined as number | undefined,
  processName: undefined as string | undefined,
  threadId: undefined as number | undefined,
  bytes: new Uint8Array(),
};
type Origin = typeof lastOrigin;

function originOf({ host, processId, processName, threadId }: Report): Origin {
  const known = lastOrigin;
  const isSame =
    known.host === host &&
    known.processId === processId &&
    known.processName === processName &&
    known.threadId === threadId;
  if (isSame) return known;
  const units = unitsOf(host) + unitsOf(processName);
  const bytes = new Uint8Array(units * 3 + ORIGIN_FIELDS * FIELD_BYTES);
  let at = text(bytes, 0, 7, host);
  at = integer(bytes, at, 8, processId);
  at = text(bytes, at, 9, processName);
  at = integer(bytes, at, 10, threadId);
  lastOrigin = { host, processId, processName, threadId, bytes: bytes.slice(0, at) };
  return lastOrigin;
}
const ORIGIN_FIELDS = 4;

function writeReport(bytes: Uint8Array, at: number, report: Report, origin: Origin): number {
  const { parentEventIds, fields = none, tags = none } = report;
  at = id(bytes, at, 1, report.taskId);
  at = id(bytes, at, 2, report.eventId);
  // Unpacked, as both original clients write them. The first event of a task has the parent 0, as with both.
  if (parentEventIds.length === 0) at = id(bytes, at, 3, NO_PARENT);
  for (let i = 0; i < parentEventIds.length; i++) at = id(bytes, at, 3, parentEventIds[i]!);
  at = integer(bytes, at, 4, report.timestamp);
  if (report.hrt !== undefined) at = decimal(bytes, at, 5, report.hrt);
  if (report.cycles !== undefined) at = decimal(bytes, at, 6, report.cycles);
  bytes.set(origin.bytes, at);
  at += origin.bytes.length;
  at = text(bytes, at, 11, report.threadName);
  at = text(bytes, at, 12, report.agent);
  if (report.source !== undefined) {
    const source = sourceField(report.source);
    bytes.set(source, at);
    at += source.length;
  }
  at = text(bytes, at, 14, report.label);
  for (let i = 0; i < fields.length; i++) at = text(bytes, at, 15, fields[i]![0]);
  for (let i = 0; i < fields.length; i++) at = text(bytes, at, 16, fields[i]![1]);
  for (let i = 0; i < tags.length; i++) at = text(bytes, at, 17, tags[i]);
  at = integer(bytes, at, 18, report.tenantClass);
  const { taskId, timestamp } = report;
  if (taskId.length === 32 && !isPadded(taskId)) {
    at = halfId(bytes, at, TASK_ID_HIGH, bitsAt(taskId));
  }
  return Math.abs(timestamp) < LAST_MILLISECONDS ? integer(bytes, at, IN_MICROSECONDS, 1) : at;
}

// Protocol Buffers' wire types.
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** Returns how many bytes a number from 1 has as a varint: seven bits a byte. */
function varintBytes(value: number): number {
  return Math.ceil((32 - Math.clz32(value)) / 7);
}

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
  return halfId(bytes, at, field, bitsAt(digits) + 2);
}

/** Writes 64 of the bits of ids, little-endian. */
function halfId(bytes: Uint8Array, at: number, field: number, from: number): number {
  at = varint(bytes, at, field * 8 + FIXED64);
  at = word(bytes, at, bits[from + 1]!);
  return word(bytes, at, bits[from]!);
}

function word(bytes: Uint8Array, at: number, value: number): number {
  bytes[at++] = value;
  bytes[at++] = value >>> 8;
  bytes[at++] = value >>> 16;
  bytes[at++] = value >>> 24;
  return at;
}

/** Up to this length, a loop is faster than a call of the platform. */
const SHORT = 40;

function text(bytes: Uint8Array, at: number, field: number, value: string | undefined): number {
  if (value === undefined) return at;
  at = varint(bytes, at, field * 8 + LENGTH_DELIMITED);
  const { length } = value;
  if (length < SHORT) {
    // Most strings are ASCII: each unit is one byte, and so is the length.
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
  // The length is known at the end. That of an ASCII string has as many bytes as the number of its units.
  const start = at + varintBytes(length);
  const { written } = encoder.encodeInto(value, bytes.subarray(start));
  const contents = at + varintBytes(written);
  if (contents !== start) bytes.copyWithin(contents, start, start + written);
  varint(bytes, at, written);
  return contents + written;
}

/** The fields of the places in the source that events were logged at. There are few, and each comes again and again. */
const sources = new Map<string, Uint8Array>();
const MOST_SOURCES = 1000;

function sourceField(value: string): Uint8Array {
  let field = sources.get(value);
  if (field === undefined) {
    if (sources.size === MOST_SOURCES) sources.clear();
    const bytes = new Uint8Array(FIELD_BYTES + value.length * 3);
    field = bytes.slice(0, text(bytes, 0, 13, value));
    sources.set(value, field);
  }
  return field;
}
