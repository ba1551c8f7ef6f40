import { WIRE } from '../reports/report-fields.js';
import { WireReader } from '../reports/wire-reader.js';
import type { FieldType, Schema } from './schema.js';

/** How many messages one request may have in it: a small body can be unpacked to very many. */
const MAX_MESSAGES = 500_000;
/** How deep messages may be nested. Values can have values in them without end. */
const MAX_DEPTH = 64;

/** Decodes a message in Protocol Buffers' encoding to what its JSON encoding would have. Throws an `Error` for malformed bytes. */
export function decodeMessage(bytes: Uint8Array, schema: Schema): object {
  return new MessageReader(bytes).message(0, bytes.length, schema, 0);
}

/** The wire type that a type of field has. */
const WIRE_TYPES: Readonly<Record<Exclude<FieldType, Schema>, number>> = {
  ...{ string: WIRE.bytes, id: WIRE.bytes, bytes: WIRE.bytes },
  ...{ bool: WIRE.varint, enum: WIRE.varint, int64: WIRE.varint },
  ...{ double: WIRE.fixed64, fixed64: WIRE.fixed64 },
};

class MessageReader extends WireReader {
  private readonly buffer: Buffer;
  private messages = 0;

  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(start: number, end: number, schema: Schema, depth: number): object {
    if (depth > MAX_DEPTH) throw new Error(`messages are nested deeper than ${MAX_DEPTH}`);
    if (++this.messages > MAX_MESSAGES)
      throw new Error(`it has more than ${MAX_MESSAGES} messages`);
    const read: Record<string, unknown> = {};
    this.at = start;
    this.end = end;
    while (this.at < end) {
      const tag = this.varint();
      const [name, given, isList] = schema[tag >>> 3] ?? [];
      const type = typeof given === 'function' ? given() : given;
      const wire = typeof type === 'string' ? WIRE_TYPES[type] : WIRE.bytes;
      if (name === undefined || type === undefined || wire !== (tag & 7)) {
        this.skip(tag & 7, tag >>> 3, 0);
        continue;
      }
      const value = this.value(type, depth);
      this.end = end;
      if (!isList) read[name] = value;
      else if (read[name] === undefined) read[name] = [value];
      else (read[name] as unknown[]).push(value);
    }
    return read;
  }

  private value(type: FieldType, depth: number): unknown {
    const { buffer } = this;
    if (type === 'bool' || type === 'enum' || type === 'int64') {
      const start = this.at;
      this.skipVarint();
      const number = this.bigintAt(start, this.at);
      if (type === 'int64') return String(number);
      return type === 'bool' ? number !== 0n : Number(number);
    }
    if (type === 'double' || type === 'fixed64') {
      this.fixed64();
      const at = this.at - 8;
      return type === 'double' ? buffer.readDoubleLE(at) : String(buffer.readBigUInt64LE(at));
    }
    const length = this.varint();
    const start = this.at;
    this.forward(length);
    const end = this.at;
    if (type === 'string') return buffer.toString('utf8', start, end);
    if (type === 'id') return buffer.toString('hex', start, end);
    if (type === 'bytes') return buffer.toString('base64', start, end);
    const value = this.message(start, end, type, depth + 1);
    this.at = end;
    return value;
  }
}
