// Integers of one to nine bytes whose order is that of their bytes (Tracing Plane, "lexvar"): the first bits of the first byte say how many.

/** The number of bytes of the longest form. */
const LONGEST = 9;

/** Encodes an integer of at most 64 bits without a sign: `n - 1` ones, a zero, and the value in the rest. */
export function encodeUnsigned(value: bigint): Uint8Array {
  let bytes = 1;
  while (bytes < LONGEST && value >= 1n << BigInt(7 * bytes)) bytes++;
  if (bytes === LONGEST) return toBytes((0xffn << 64n) | value, bytes);
  const ones = (1n << BigInt(bytes - 1)) - 1n;
  return toBytes((ones << BigInt(7 * bytes + 1)) | value, bytes);
}

/** Encodes an integer of 64 bits with a sign: `n` ones, a zero, and the value; the complement for a negative one. */
export function encodeSigned(value: bigint): Uint8Array {
  if (value < 0n) return complement(encodeSigned(-value - 1n));
  let bytes = 1;
  while (bytes < LONGEST && value >= 1n << BigInt(7 * bytes - 1)) bytes++;
  if (bytes === LONGEST) return toBytes((0x1ffn << 63n) | value, bytes);
  const ones = (1n << BigInt(bytes)) - 1n;
  return toBytes((ones << BigInt(7 * bytes)) | value, bytes);
}

/** Encodes so that larger values come first. */
export function encodeReverse(value: bigint): Uint8Array {
  return complement(encodeUnsigned(value));
}

/** An integer that was read, and where the next byte is. */
export interface Read {
  readonly value: bigint;
  readonly next: number;
}

/** Reads an unsigned integer; undefined if the bytes end before it does. Longer forms than needed are read, too. */
export function decodeUnsigned(bytes: Uint8Array, at = 0): Read | undefined {
  if (at >= bytes.length) return undefined;
  const length = leadingOnes(bytes[at]!) + 1;
  const all = fromBytes(bytes, at, length);
  if (all === undefined) return undefined;
  const bits = length === LONGEST ? 64 : 7 * length;
  return { value: BigInt.asUintN(bits, all), next: at + length };
}

/** Reads an integer with a sign. */
export function decodeSigned(bytes: Uint8Array, at = 0): Read | undefined {
  if (at >= bytes.length) return undefined;
  if (bytes[at]! < 0x80) {
    const read = decodeSigned(complement(bytes.subarray(at, at + LONGEST)));
    return read && { value: -read.value - 1n, next: at + read.next };
  }
  const ones = leadingOnes(bytes[at]!);
  // The longest two have the same first byte.
  const length = ones === 8 && (bytes[at + 1] ?? 0) >= 0x80 ? LONGEST : ones;
  const all = fromBytes(bytes, at, length);
  if (all === undefined) return undefined;
  const bits = length === LONGEST ? 63 : 7 * length - 1;
  return { value: BigInt.asUintN(bits, all), next: at + length };
}

/** Reads what `encodeReverse` has written. */
export function decodeReverse(bytes: Uint8Array, at = 0): Read | undefined {
  const read = decodeUnsigned(complement(bytes.subarray(at, at + LONGEST)));
  return read && { value: read.value, next: at + read.next };
}

function leadingOnes(byte: number): number {
  return Math.min(8, Math.clz32(~byte << 24));
}

function complement(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => ~byte);
}

function toBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = length; i-- > 0; value >>= 8n) bytes[i] = Number(value & 0xffn);
  return bytes;
}

function fromBytes(bytes: Uint8Array, at: number, length: number): bigint | undefined {
  if (at + length > bytes.length) return undefined;
  let value = 0n;
  for (let i = at; i < at + length; i++) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}
