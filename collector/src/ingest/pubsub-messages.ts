/** Maximum length of a topic or a message, in bytes. Neither original client sends more. */
export const MAX_PART_BYTES = 16 * 1024 * 1024;

/**
 * Encodes a message of the pubsub protocol: the topic, then the message, each after its length in four
 * bytes, big-endian.
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

/** Thrown for a length over the limit. The stream cannot be read any further. */
export class MessageTooLongError extends Error {
  override readonly name = 'MessageTooLongError';
}

/**
 * Splits a stream of bytes into messages.
 *
 * A length over the limit ends the stream, because nothing after a wrong length can be trusted. Lengths are
 * signed in the Java client and unsigned in the Go client, so negative lengths count as too large.
 */
export class MessageReader {
  private readonly chunks: Buffer[] = [];
  private total = 0;
  /** Number of buffered bytes needed before the next part can be complete. */
  private needed = 4;

  constructor(private readonly maxPartBytes = MAX_PART_BYTES) {}

  /** Yields the messages that these bytes complete. Throws `MessageTooLongError`. */
  *read(chunk: Uint8Array): Generator<{ topic: Buffer; message: Buffer }> {
    this.chunks.push(Buffer.from(chunk));
    this.total += chunk.length;
    // A large message arrives in many chunks. Concatenating at each chunk would take quadratic time.
    if (this.total < this.needed) return;

    const bytes = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    let at = 0;
    try {
      for (;;) {
        const topic = this.readPart(bytes, at);
        const message = topic && this.readPart(bytes, topic.end);
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
      // A copy, because a part would keep the whole.
      this.chunks.splice(0, this.chunks.length, Buffer.from(bytes.subarray(at)));
    }
  }

  /** Number of buffered bytes of an incomplete message. */
  get unread(): number {
    return this.total;
  }

  private readPart(bytes: Buffer, at: number): { start: number; end: number } | undefined {
    this.needed = at + 4;
    if (bytes.length < this.needed) return undefined;
    const length = bytes.readUInt32BE(at);
    if (length > this.maxPartBytes) {
      throw new MessageTooLongError(
        `message length ${bytes.readInt32BE(at)} exceeds the limit of ${this.maxPartBytes} bytes`,
      );
    }
    this.needed = at + 4 + length;
    return this.needed > bytes.length ? undefined : { start: at + 4, end: this.needed };
  }
}
