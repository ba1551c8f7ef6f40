import { isNamed } from '../operations/peers.js';

/**
 * Reads the setting of the servers that say where their messages come from, and are told it: `example.org, *.example.net/live, /chat`. A path without a
 * host is one of the page's own server; a host without a port stands for all of its ports. Returns a test for addresses; undefined if there are none.
 */
export function messagePeers(
  setting: string | undefined,
  own = globalThis.location?.host,
): ((url: URL) => boolean) | undefined {
  const named = (setting ?? '').split(',').map((one) => one.trim());
  const addresses = named.filter((one) => one !== '');
  if (addresses.length === 0) return undefined;
  const isHost = isNamed(addresses.filter((one) => !one.includes('/')));
  const isPath = isNamed(
    addresses
      .filter((one) => one.includes('/'))
      .map((one) => (one.startsWith('/') ? `${own}${one}` : one)),
  );
  return ({ host, hostname, pathname }) =>
    [host, hostname].some((name) => isHost(name) || isPath(`${name}${pathname}`));
}
