import { quote, ThroughlineError } from '../kernel/index.js';

/** The port on which the original X-Trace server, and so every collector by default, receives reports. */
export const DEFAULT_PORT = 5563;

/**
 * Parses `host:port`, `:port`, `host` or `[IPv6 address]:port`. The host defaults to 127.0.0.1, the port to 5563.
 * Throws `TL_ADDRESS_INVALID` for anything else.
 */
export function parseAddress(address: unknown): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:/\s]*))(?::(\d{1,5}))?$/i.exec(String(address));
  const port = Number(parts?.[3] ?? DEFAULT_PORT);
  if (typeof address !== 'string' || address === '' || !parts || port < 1 || port > 65535) {
    throw new ThroughlineError(
      'TL_ADDRESS_INVALID',
      `The address of a collector must look like "host:5563" or ":5563", got ${quote(address)}.`,
    );
  }
  return { host: parts[1] ?? (parts[2] || '127.0.0.1'), port };
}
