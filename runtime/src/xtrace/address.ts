import { quote, ThroughlineError } from '../kernel/index.js';

/** The port on which the original X-Trace server, and so every collector by default, receives reports. */
export const DEFAULT_PORT = 5563;

/** Where a collector is, and how it is spoken to. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** False for the original X-Trace server, whose protocol has no acknowledgement. */
  readonly isAcknowledged: boolean;
}

/**
 * Parses `host:port`, `:port`, `host` or `[IPv6 address]:port`, each also after `pubsub://`. The host defaults to 127.0.0.1, the
 * port to 5563. Throws `TL_ADDRESS_INVALID` for anything else.
 */
export function parseAddress(address: unknown): Address {
  const parts = /^(pubsub:\/\/)?(?:\[([0-9a-f:.]+)\]|([^:/\s]*))(?::(\d{1,5}))?$/i.exec(
    String(address),
  );
  const port = Number(parts?.[4] ?? DEFAULT_PORT);
  if (typeof address !== 'string' || address === '' || !parts || port < 1 || port > 65535) {
    throw new ThroughlineError(
      'TL_ADDRESS_INVALID',
      `The address of a collector must look like "host:5563" or ":5563", got ${quote(address)}.`,
    );
  }
  return {
    host: parts[2] ?? (parts[3] || '127.0.0.1'),
    port,
    isAcknowledged: parts[1] === undefined,
  };
}
