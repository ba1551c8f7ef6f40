import { LAST_MILLISECONDS } from '@throughline/runtime/report';
import { FIELD, WIRE } from './report-fields.js';
import { WireReader } from './wire-reader.js';

/** The largest field number whose place is remembered. */
const LAST_FIELD = FIELD.tenantClass;

/** The wire types of the fields that are not repeated, by number. */
const TYPES: readonly (number | undefined)[] = typesOf({
  [WIRE.fixed64]: [FIELD.taskId, FIELD.eventId],
  [WIRE.varint]: [
    ...[FIELD.timestamp, FIELD.hrt, FIELD.cycles],
    ...[FIELD.processId, FIELD.threadId, FIELD.tenantClass],
  ],
  [WIRE.bytes]: [
    ...[FIELD.host, FIELD.processName, FIELD.threadName],
    ...[FIELD.agent, FIELD.source, FIELD.label],
  ],
});

function typesOf(fields: Readonly<Record<number, readonly number[]>>): (number | undefined)[] {
  const types: (number | undefined)[] = [];
  for (const [type, numbers] of Object.entries(fields)) {
    for (const number of numbers) types[number] = Number(type);
  }
  return types;
}

/**
 * Reads reports in place: after `read`, it says where in the bytes the parts of one report are. One view is used for many
 * reports, so that none of them makes objects.
 *
 * Ids are read as two halves of 32 bits each.
 */
export class ReportView extends WireReader {
  taskLow = 0;
  taskHigh = 0;
  /** The upper 64 bits of the task id; both are 0 if the report has none. */
  upperLow = 0;
  upperHigh = 0;
  eventLow = 0;
  eventHigh = 0;
  /** Microseconds since 1970. */
  timestamp = 0;
  parentCount = 0;
  /** Halves of the parents, low ones first. Parents that are 0 are left out. */
  parents = new Uint32Array(16);
  pairCount = 0;
  tagCount = 0;
  /** Where keys, values and tags begin and end, in turn. */
  readonly keys: number[] = [];
  readonly values: number[] = [];
  readonly tags: number[] = [];
  /** Where the contents of a field begin, by number; -1 if the report has none. */
  private readonly starts = new Int32Array(LAST_FIELD + 1);
  private readonly ends = new Int32Array(LAST_FIELD + 1);
  /** True if the timestamp is in microseconds, however small it is. */
  private isExact = false;

  /** Reads one report. Throws an `Error` for malformed bytes or missing ids. */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.starts.fill(-1);
    this.parentCount = this.pairCount = this.tagCount = 0;
    this.upperLow = this.upperHigh = 0;
    this.isExact = false;
    let keys = 0;
    let values = 0;
    let tags = 0;
    while (this.at < end) {
      const tag = this.varint();
      const field = tag >>> 3;
      const type = tag & 7;
      if (field === 0) throw new Error('a field has the number 0');
      if (type === WIRE.fixed64) {
        this.fixed64();
        if (field === FIELD.parentEventId) this.addParent();
        else if (field === FIELD.taskIdHigh)
          [this.upperLow, this.upperHigh] = [this.low, this.high];
        else if (field === FIELD.taskId || field === FIELD.eventId)
          this.note(field, type, this.at - 8);
      } else if (type === WIRE.bytes) {
        const length = this.varint();
        const from = this.at;
        if (length > end - from) throw new Error('a field is longer than its report');
        this.at = from + length;
        if (field === FIELD.key) keys = noteRange(this.keys, keys, from, this.at);
        else if (field === FIELD.value) values = noteRange(this.values, values, from, this.at);
        else if (field === FIELD.tags) tags = noteRange(this.tags, tags, from, this.at);
        else if (field === FIELD.parentEventId) this.packedParents(from, this.at);
        else this.note(field, type, from);
      } else if (type === WIRE.varint) {
        const from = this.at;
        this.skipVarint();
        if (field === FIELD.inMicroseconds) this.isExact = true;
        else this.note(field, type, from);
      } else this.skip(type, field, 0);
    }
    // A key without a value has an empty one, and a value without a key is nobody's.
    this.pairCount = keys / 2;
    for (; values < keys; values += 2) this.values[values] = this.values[values + 1] = start;
    this.tagCount = tags / 2;
    this.readIds();
    this.timestamp = this.microseconds();
  }

  /** Where the text of a field begins; -1 if the report has none. */
  startOf(field: number): number {
    return this.starts[field]!;
  }

  /** Where the text of a field ends. */
  endOf(field: number): number {
    return this.ends[field]!;
  }

  /** Returns the text of a part of the report. What is not UTF-8 is replaced. */
  text(start: number, end: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString();
  }

  /** Returns an integer of 64 bits. */
  bigint(field: number): bigint {
    return this.bigintAt(this.starts[field]!, this.ends[field]!);
  }

  /** Returns an integer of 32 bits. */
  int32(field: number): number {
    return Number(BigInt.asIntN(32, this.bigint(field)));
  }

  /** Returns a number that is the same for reports with the same bytes, and rarely for others (FNV-1a). */
  hash(start: number, end: number): number {
    const { bytes } = this;
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    return hash >>> 0;
  }

  private readIds(): void {
    const task = this.starts[FIELD.taskId]!;
    const event = this.starts[FIELD.eventId]!;
    if (task < 0 || event < 0) {
      const got = task >= 0 ? 'only task_id' : event >= 0 ? 'only event_id' : 'neither';
      throw new Error(`a report must have task_id and event_id, got ${got}`);
    }
    this.taskLow = this.word(task);
    this.taskHigh = this.word(task + 4);
    this.eventLow = this.word(event);
    this.eventHigh = this.word(event + 4);
  }

  /**
   * Reads a timestamp in the schema's milliseconds, or in the paper's microseconds. Today these have 13 and 16 digits, so the
   * size tells them apart.
   */
  private microseconds(): number {
    const start = this.starts[FIELD.timestamp]!;
    if (start < 0) return 0;
    let low = 0;
    let high = 0;
    let at = start;
    for (let shift = 0; at < this.ends[FIELD.timestamp]!; shift += 7) {
      const part = this.bytes[at++]! & 127;
      if (shift < 28) low += part * 2 ** shift;
      else high += part * 2 ** (shift - 28);
    }
    // Ten bytes are a number below 0: its two's complement of 64 bits.
    const value = at - start === 10 ? Number(this.bigint(FIELD.timestamp)) : high * 2 ** 28 + low;
    const isSmall = Math.abs(value) < LAST_MILLISECONDS;
    const exact = isSmall && !this.isExact ? value * 1000 : value;
    // A wrong clock must not produce a number that JavaScript cannot represent exactly.
    return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, exact));
  }

  /** A known field of another type is as good as an unknown one (Protocol Buffers, "Encoding"). */
  private note(field: number, type: number, from: number): void {
    if (TYPES[field] !== type) return;
    this.starts[field] = from;
    this.ends[field] = this.at;
  }

  private addParent(): void {
    if (this.low === 0 && this.high === 0) return;
    const at = this.parentCount * 2;
    if (at === this.parents.length) {
      const larger = new Uint32Array(this.parents.length * 2);
      larger.set(this.parents);
      this.parents = larger;
    }
    this.parents[at] = this.low;
    this.parents[at + 1] = this.high;
    this.parentCount++;
  }

  private packedParents(from: number, to: number): void {
    if ((to - from) % 8 !== 0) throw new Error('packed parents are not eight bytes each');
    for (this.at = from; this.at < to;) {
      this.fixed64();
      this.addParent();
    }
  }
}

function noteRange(ranges: number[], count: number, from: number, to: number): number {
  ranges[count] = from;
  ranges[count + 1] = to;
  return count + 2;
}
