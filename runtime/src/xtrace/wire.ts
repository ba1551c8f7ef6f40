import { ACKNOWLEDGED_PROTOCOL, REPORT_TOPIC, TOKEN_PROTOCOL, TOKEN_REFUSED } from './report.js';
import { concatenated, reportAt } from './batch.js';

/** How batches are written to a connection. */
export interface Wire {
  /** Returns the first bytes of a connection, for a collector that wants this token. */
  hello(token: string | undefined): Uint8Array;
  /** True if the collector says that it has stored a batch. */
  readonly isAcknowledged: boolean;
  /** Returns a batch as it is written, with the number that the answer to it will have. */
  frame(batch: Uint8Array, number: number): Uint8Array;
}

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
  frame(batch, number) {
    const bytes = new Uint8Array(HEAD_BYTES + batch.length);
    const head = new DataView(bytes.buffer);
    head.setUint32(0, number);
    head.setUint32(4, batch.length);
    bytes.set(batch, HEAD_BYTES);
    return bytes;
  },
};
const HEAD_BYTES = 8;

/** The protocol of the original X-Trace server: a topic and a report, each after its length in four bytes, big-endian. */
export const pubsubWire: Wire = {
  hello: () => new Uint8Array(),
  isAcknowledged: false,
  frame(batch) {
    const topic = new TextEncoder().encode(REPORT_TOPIC);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < batch.length;) {
      const { start, end } = reportAt(batch, at);
      const report = batch.subarray(start, end);
      parts.push(lengthOf(topic), topic, lengthOf(report), report);
      at = end;
    }
    return concatenated(parts);
  },
};

function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
}

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
