/** Bytes that are written one after another into one growing buffer. */
export class ByteBuffer {
  private bytes: Uint8Array;
  length = 0;

  constructor(size = 1024) {
    this.bytes = new Uint8Array(size);
  }

  /** Returns a copy of what was written. */
  taken(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for so many bytes. The methods below do not check. */
  reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** Writes a whole number from 0 to 2^53 in groups of seven bits. */
  varint(value: number): void {
    while (value > 0x7fff_ffff) {
      this.bytes[this.length++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    while (value > 127) {
      this.bytes[this.length++] = (value & 127) | 128;
      value >>>= 7;
    }
    this.bytes[this.length++] = value;
  }

  /** Writes 32 bits, the lowest byte first. */
  word(value: number): void {
    this.bytes[this.length++] = value;
    this.bytes[this.length++] = value >>> 8;
    this.bytes[this.length++] = value >>> 16;
    this.bytes[this.length++] = value >>> 24;
  }

  append(other: ByteBuffer): void {
    this.copy(other.bytes, 0, other.length);
  }

  copy(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let at = this.length;
    // A loop is faster than `set` for the few bytes of most texts.
    if (end - start < 64) for (let i = start; i < end; i++) bytes[at++] = from[i]!;
    else bytes.set(from.subarray(start, end), at);
    this.length += end - start;
  }
}

/** Reads what a `ByteBuffer` has written. */
export class ByteReader {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws an `Error` at the end of the bytes. */
  varint(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error('the bytes end too early');
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  word(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  bigint(): bigint {
    this.at += 8;
    return this.view.getBigInt64(this.at - 8, true);
  }

  text(length: number): string {
    this.at += length;
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + this.at - length, length).toString();
  }
}
