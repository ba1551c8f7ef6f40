import { WIRE } from './report-fields.js';

/** How deep groups of unknown fields may be nested. Nobody sends one; a hostile sender must not exhaust the stack. */
const MAX_GROUPS = 100;

/** Reads the parts of a Protocol Buffers message in place. */
export class WireReader {
  bytes: Uint8Array = new Uint8Array();
  protected at = 0;
  protected end = 0;
  /** The halves of the number that `fixed64` has read. */
  protected low = 0;
  protected high = 0;

  protected word(at: number): number {
    const { bytes } = this;
    return (
      (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    );
  }

  protected fixed64(): void {
    if (this.end - this.at < 8) throw new Error('the report ends in the middle of a field');
    this.low = this.word(this.at);
    this.high = this.word(this.at + 4);
    this.at += 8;
  }

  /** Reads a varint of at most 32 bits: a tag or a length. */
  protected varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= this.end) throw new Error('the report ends in the middle of a field');
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new Error('a tag or a length is longer than 32 bits');
  }

  protected skipVarint(): void {
    for (let length = 1; length <= 10; length++) {
      if (this.at >= this.end) throw new Error('the report ends in the middle of a field');
      if (this.bytes[this.at++]! < 128) return;
    }
    throw new Error('an integer is longer than 64 bits');
  }

  /** Skips a field of a type that no known field has. */
  protected skip(type: number, field: number, depth: number): void {
    if (type === WIRE.varint) this.skipVarint();
    else if (type === WIRE.fixed64) this.forward(8);
    else if (type === WIRE.fixed32) this.forward(4);
    else if (type === WIRE.bytes) this.forward(this.varint());
    else if (type === WIRE.startGroup && depth < MAX_GROUPS) {
      for (;;) {
        const tag = this.varint();
        if ((tag & 7) === WIRE.endGroup) {
          if (tag >>> 3 !== field) throw new Error('a group ends with the number of another');
          return;
        }
        this.skip(tag & 7, tag >>> 3, depth + 1);
      }
    } else throw new Error(`a field has the wire type ${type}`);
  }

  /** Returns the varint between two places as a signed integer of 64 bits. */
  protected bigintAt(start: number, end: number): bigint {
    let value = 0n;
    for (let at = start, shift = 0n; at < end; at++, shift += 7n) {
      value |= BigInt(this.bytes[at]! & 127) << shift;
    }
    return BigInt.asIntN(64, value);
  }

  protected forward(length: number): void {
    if (length > this.end - this.at) throw new Error('a field is longer than its report');
    this.at += length;
  }
}
