import { readSettings } from '@throughline/collector/settings';

/** Returns where a collector with the current settings listens, as `serve` reads them: a URL, or `unix:` and a path. */
export function collectorUrl(): string {
  const { host, webPort, socket, cert } = readSettings({});
  if (socket !== undefined) return `unix:${socket}`;
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${cert === undefined ? 'http' : 'https'}://${address.includes(':') ? `[${address}]` : address}:${webPort}`;
}

/** Returns the header that shows the token of the settings to a collector; nothing without one. */
export function tokenHeader(): Record<string, string> {
  const { token } = readSettings({});
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
