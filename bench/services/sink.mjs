// A collector that stores nothing: it counts bytes, and acknowledges batches at once (docs/protocols.md).
import { once } from 'node:events';
import { createServer } from 'node:net';

const NAME = 'XTR1';
const HEAD_BYTES = 8;

/** Starts it. `received` is called with the number of bytes of each chunk. Resolves to its port. */
export async function startSink(received) {
  const server = createServer((socket) => {
    let pending = Buffer.alloc(0);
    let isAcknowledged;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received(chunk.length);
      if (isAcknowledged === false) return;
      pending = Buffer.concat([pending, chunk]);
      if (isAcknowledged === undefined) {
        if (pending.length < NAME.length) return;
        isAcknowledged = pending.toString('latin1', 0, NAME.length) === NAME;
        if (!isAcknowledged) return;
        pending = pending.subarray(NAME.length);
        socket.write(NAME);
      }
      while (pending.length >= HEAD_BYTES) {
        const end = HEAD_BYTES + pending.readUInt32BE(4);
        if (pending.length < end) return;
        socket.write(Buffer.concat([pending.subarray(0, 4), Buffer.of(0)]));
        pending = pending.subarray(end);
      }
    });
  });
  // Nobody has to close it.
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return server.address().port;
}
