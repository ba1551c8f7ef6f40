import { ACKNOWLEDGED_PROTOCOL, TOKEN_PROTOCOL, TOKEN_REFUSED } from './report.js';
import { encodeReports, encodeSome } from './report-writer.js';
import type { Batch } from './report-writer.js';
import type { Report } from './report.js';

/** How batches are written to a connection. */
export interface Wire {
  /** Returns the first bytes of a connection, for a collector that wants this token. */
  hello(token: string | undefined): Uint8Array;
  /** True if the collector says that it has stored a batch. */
  readonly isAcknowledged: boolean;
  /** Encodes the first of the reports, with the number that the answer to them will have. */
  encode(reports: readonly Report[], number: number): Batch;
}

/** How many bytes a batch has, unless one report has more. */
const BATCH_BYTES = 1024 * 1024;

/** The protocol of our collector: each batch after its number and its length, in four bytes each, big-endian. */
export const acknowledgedWire: Wire = {
  hello(token) {
    const text = new TextEncoder();
    if (token === undefined) return text.encode(ACKNOWLEDGED_PROTOCOL);
    const bytes = text.encode(token);
    const head = text.encode(TOKEN_PROTOCOL);
    return Uint8Array.of(...head, bytes.length >> 8, bytes.length & 0xff, ...bytes);
  },
  isAcknowledged: true,
  encode(reports, number) {
    const batch = encodeSome(reports, BATCH_BYTES, HEAD_BYTES);
    const head = new DataView(batch.bytes.buffer);
    head.setUint32(0, number);
    head.setUint32(4, batch.bytes.length - HEAD_BYTES);
    return batch;
  },
};
const HEAD_BYTES = 8;

/** The protocol of the original X-Trace server. */
export const pubsubWire: Wire = {
  hello: () => new Uint8Array(),
  isAcknowledged: false,
  encode: (reports) => ({ bytes: encodeReports(reports), count: reports.length }),
};

/** What a peer turns out to be: a collector, one that refuses the token, or something else. */
export type Peer = 'collector' | 'refusing' | 'other';

/** Returns a function that takes what a peer says, calls `told` for each batch that it answers, and returns what the peer is. */
export function answerReader(
  told: (number: number, isStored: boolean) => void,
): (chunk: Uint8Array) => Peer {
  let pending = new Uint8Array();
  let isHelloRead = false;
  return (chunk) => {
    const bytes = new Uint8Array(pending.length + chunk.length);
    bytes.set(pending);
    bytes.set(chunk, pending.length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    if (!isHelloRead) {
      if (bytes.length < ACKNOWLEDGED_PROTOCOL.length) {
        pending = bytes;
        return 'collector';
      }
      const hello = String.fromCharCode(...bytes.subarray(0, ACKNOWLEDGED_PROTOCOL.length));
      if (hello !== ACKNOWLEDGED_PROTOCOL) return hello === TOKEN_REFUSED ? 'refusing' : 'other';
      isHelloRead = true;
      at = ACKNOWLEDGED_PROTOCOL.length;
    }
    for (; bytes.length - at >= ANSWER_BYTES; at += ANSWER_BYTES) {
      told(view.getUint32(at), bytes[at + 4] === 0);
    }
    pending = bytes.slice(at);
    return 'collector';
  };
}

/** The number of a batch, and 0 if it is stored. */
const ANSWER_BYTES = 5;
