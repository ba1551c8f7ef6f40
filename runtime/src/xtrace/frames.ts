/** The largest topic or message that is read, in bytes. Neither original client sends more. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/**
 * One message of the pubsub protocol: two frames, topic and message, each with its length in four
 * bytes, big-endian. An empty frame is its length alone.
 */
export function encodeMessage(topic: string | Uint8Array, message: Uint8Array): Buffer {
  const name = Buffer.from(topic as string);
  const bytes = Buffer.allocUnsafe(8 + name.length + message.length);
  bytes.writeUInt32BE(name.length, 0);
  name.copy(bytes, 4);
  bytes.writeUInt32BE(message.length, 4 + name.length);
  bytes.set(message, 8 + name.length);
  return bytes;
}

/** A stream that cannot be read any further. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/**
 * Cuts a stream of bytes into messages.
 *
 * A length that is too large ends the stream: once out of step nothing after it can be trusted.
 * Lengths are signed in the Java client and unsigned in Go's, so the negative are too large.
 */
export class MessageReader {
  private readonly chunks: Buffer[] = [];
  private total = 0;
  /** How many bytes there must be before it is worth looking again. */
  private needed = 4;

  constructor(private readonly maxFrameBytes = MAX_FRAME_BYTES) {}

  /** The messages that are whole after these bytes. */
  *read(chunk: Uint8Array): Generator<{ topic: Buffer; message: Buffer }> {
    this.chunks.push(Buffer.from(chunk));
    this.total += chunk.length;
    // A large message comes in many chunks: putting them together at each would take its square.
    if (this.total < this.needed) return;

    const bytes = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    let at = 0;
    try {
      for (;;) {
        const topic = this.frame(bytes, at);
        const message = topic && this.frame(bytes, topic.end);
        if (!topic || !message) return;
        at = message.end;
        yield {
          topic: bytes.subarray(topic.start, topic.end),
          message: bytes.subarray(message.start, message.end),
        };
      }
    } finally {
      this.needed -= at;
      this.total = bytes.length - at;
      this.chunks.splice(0, this.chunks.length, bytes.subarray(at));
    }
  }

  /** Bytes of a message that has not arrived whole. */
  get unread(): number {
    return this.total;
  }

  private frame(bytes: Buffer, at: number): { start: number; end: number } | undefined {
    this.needed = at + 4;
    if (bytes.length < this.needed) return undefined;
    const length = bytes.readUInt32BE(at);
    if (length > this.maxFrameBytes) {
      throw new FrameError(
        `a frame of ${bytes.readInt32BE(at)} bytes was announced; at most ${this.maxFrameBytes} are read`,
      );
    }
    this.needed = at + 4 + length;
    return this.needed > bytes.length ? undefined : { start: at + 4, end: this.needed };
  }
}
