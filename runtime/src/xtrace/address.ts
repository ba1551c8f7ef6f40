import { quote, ThroughlineError } from '../kernel/index.js';

/** The port on which the original X-Trace server, and so every collector by default, receives reports. */
export const DEFAULT_PORT = 5563;

/** Where a collector is, and how it is spoken to. */
export interface Address {
  /** The address for messages. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  /** The path of a Unix socket, in place of a host and a port. */
  readonly path?: string;
  readonly isEncrypted: boolean;
  /** False for the original X-Trace server, whose protocol has no acknowledgement. */
  readonly isAcknowledged: boolean;
}

/**
 * Parses `host:port`, `:port`, `host` or `[IPv6 address]:port`, each also after `tls://` or `pubsub://`, and `unix:/path`. The host
 * defaults to 127.0.0.1, the port to 5563. Throws `TL_ADDRESS_INVALID` for anything else.
 */
export function parseAddress(address: unknown): Address {
  const text = String(address);
  const [, path] = /^unix:(.+)$/is.exec(text) ?? [];
  if (path !== undefined) {
    return { text, host: '', port: 0, path, isEncrypted: false, isAcknowledged: true };
  }
  const parts = /^(?:(pubsub|tls):\/\/)?(?:\[([0-9a-f:.]+)\]|([^:/\s]*))(?::(\d{1,5}))?$/i.exec(
    text,
  );
  const port = Number(parts?.[4] ?? DEFAULT_PORT);
  if (typeof address !== 'string' || address === '' || !parts || port < 1 || port > 65535) {
    throw new ThroughlineError(
      'TL_ADDRESS_INVALID',
      `The address of a collector must look like "host:5563", ":5563", "tls://host:5563" or "unix:/path", got ${quote(address)}.`,
    );
  }
  const protocol = parts[1]?.toLowerCase();
  const host = parts[2] ?? (parts[3] || '127.0.0.1');
  return {
    text: `${protocol === 'tls' ? 'tls://' : ''}${host.includes(':') ? `[${host}]` : host}:${port}`,
    ...{ host, port },
    isEncrypted: protocol === 'tls',
    isAcknowledged: protocol !== 'pubsub',
  };
}
