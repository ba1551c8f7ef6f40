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
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly maxFrameBytes = MAX_FRAME_BYTES) {}

  /** The messages that are whole after these bytes. */
  *read(chunk: Uint8Array): Generator<{ topic: Buffer; message: Buffer }> {
    this.pending =
      this.pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.pending, chunk]);
    let at = 0;
    for (;;) {
      const topic = this.frame(at);
      const message = topic && this.frame(topic.end);
      if (!topic || !message) break;
      at = message.end;
      yield {
        topic: this.pending.subarray(topic.start, topic.end),
        message: this.pending.subarray(message.start, message.end),
      };
    }
    this.pending = this.pending.subarray(at);
  }

  /** Bytes of a message that has not arrived whole. */
  get unread(): number {
    return this.pending.length;
  }

  private frame(at: number): { start: number; end: number } | undefined {
    if (this.pending.length < at + 4) return undefined;
    const length = this.pending.readUInt32BE(at);
    if (length > this.maxFrameBytes) {
      throw new FrameError(
        `a frame of ${this.pending.readInt32BE(at)} bytes was announced; at most ${this.maxFrameBytes} are read`,
      );
    }
    const end = at + 4 + length;
    return end > this.pending.length ? undefined : { start: at + 4, end };
  }
}
