/** Encoded reports, each after its length as a varint, as X-Trace's report files have them; and how many they are. */
export interface Batch {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Returns where the report begins and ends whose length is written at `at`. */
export function reportAt(bytes: Uint8Array, at: number): { start: number; end: number } {
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    length += (byte & 127) * 2 ** shift;
    if (byte < 128) return { start: at, end: at + length };
  }
}

/** Returns a batch without its first reports. */
export function withoutFirst({ bytes, count }: Batch, fewer: number): Batch {
  let at = 0;
  for (let i = 0; i < fewer; i++) at = reportAt(bytes, at).end;
  return { bytes: bytes.subarray(at), count: count - fewer };
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
