import { createHash, timingSafeEqual } from 'node:crypto';
import { ACKNOWLEDGED_PROTOCOL, TOKEN_PROTOCOL } from '@throughline/runtime/report';

/** How a sender begins, and how many bytes that takes. */
export interface Hello {
  readonly protocol: 'acknowledged' | 'pubsub';
  readonly token: string | undefined;
  readonly length: number;
}

const NAME_BYTES = 4;
const LENGTH_BYTES = 2;

/**
 * Reads the first bytes of a connection (docs/protocols.md). Returns undefined while more are needed. As the length of a topic, which
 * the original protocol begins with, our names would be far too large.
 */
export function readHello(bytes: Buffer): Hello | undefined {
  if (bytes.length < NAME_BYTES) return undefined;
  const name = bytes.toString('latin1', 0, NAME_BYTES);
  if (name === ACKNOWLEDGED_PROTOCOL) {
    return { protocol: 'acknowledged', token: undefined, length: NAME_BYTES };
  }
  if (name !== TOKEN_PROTOCOL) return { protocol: 'pubsub', token: undefined, length: 0 };
  const start = NAME_BYTES + LENGTH_BYTES;
  if (bytes.length < start) return undefined;
  const end = start + bytes.readUInt16BE(NAME_BYTES);
  if (bytes.length < end) return undefined;
  return { protocol: 'acknowledged', token: bytes.toString('utf8', start, end), length: end };
}

/** Returns the token in the value of a header `authorization` (RFC 6750, section 2.1). */
export function bearerIn(header: unknown): string | undefined {
  return /^Bearer +(\S+)$/i.exec(String(header))?.[1];
}

/** Returns true if nothing is asked for, or if this is it. How long that takes tells nothing about the token. */
export function isToken(given: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return true;
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
