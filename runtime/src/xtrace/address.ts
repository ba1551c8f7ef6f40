import { quote, ThroughlineError } from '../kernel/index.js';

/** Where the original server listens for reports. */
export const DEFAULT_PORT = 5563;

/**
 * Reads `host:port`, `:port`, `host`, or `[v6 address]:port`. Without a host it is this machine's
 * loopback, without a port 5563.
 */
export function parseAddress(address: unknown): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:/\s]*))(?::(\d{1,5}))?$/i.exec(String(address));
  const port = Number(parts?.[3] ?? DEFAULT_PORT);
  if (typeof address !== 'string' || address === '' || !parts || port < 1 || port > 65535) {
    throw new ThroughlineError(
      'TL_ADDRESS_INVALID',
      `A collector's address must look like "host:5563" or ":5563", but is ${quote(address)}.`,
    );
  }
  return { host: parts[1] ?? (parts[2] || '127.0.0.1'), port };
}
