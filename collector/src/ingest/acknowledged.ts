import { ACKNOWLEDGED_PROTOCOL, MAX_BATCH_BYTES } from '@throughline/runtime/report';
import type { Acceptor } from './accept.js';
import type { Connection } from './connection.js';

/** Before the bytes of a batch: its number and its length, each in four bytes, big-endian. */
const HEAD_BYTES = 8;

/** What an answer says after the number of a batch. */
const STORED = 0;
const NOT_STORED = 1;

/**
 * Serves the protocol in which each batch of reports is acknowledged (docs/protocols.md). The peer has said its name already;
 * the answer to it is the same name.
 */
export function acknowledged(socket: Connection, acceptor: Acceptor): (chunk: Buffer) => number {
  const chunks: Buffer[] = [];
  let total = 0;
  let needed = HEAD_BYTES;
  socket.write(ACKNOWLEDGED_PROTOCOL);

  return (chunk) => {
    chunks.push(chunk);
    total += chunk.length;
    // A batch arrives in many chunks. To concatenate them at each would take quadratic time.
    if (total < needed) return total;
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    let at = 0;
    for (;;) {
      needed = HEAD_BYTES;
      if (bytes.length - at < HEAD_BYTES) break;
      const length = bytes.readUInt32BE(at + 4);
      if (length > MAX_BATCH_BYTES) {
        throw new Error(`a batch of ${length} bytes exceeds the limit of ${MAX_BATCH_BYTES}`);
      }
      needed = HEAD_BYTES + length;
      if (bytes.length - at < needed) break;
      // A copy, because the store takes its buffer.
      take(
        bytes.readUInt32BE(at),
        Uint8Array.prototype.slice.call(bytes, at + HEAD_BYTES, at + needed),
      );
      at += needed;
    }
    // A copy, because a part would keep the whole.
    chunks.splice(0, chunks.length, Buffer.from(bytes.subarray(at)));
    total = bytes.length - at;
    return total;
  };

  function take(number: number, batch: Uint8Array): void {
    acceptor.accept(batch).then(
      () => answer(number, STORED),
      () => answer(number, NOT_STORED),
    );
  }

  function answer(number: number, outcome: number): void {
    const bytes = Buffer.allocUnsafe(5);
    bytes.writeUInt32BE(number, 0);
    bytes[4] = outcome;
    if (socket.writable) socket.write(bytes);
  }
}
