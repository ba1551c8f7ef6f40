import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CollectorError, errorMessage } from '../errors.js';
import { HANDSHAKE_MS, trackConnections } from './connections.js';
import type { Certificate } from './tls.js';

const closers = new WeakMap<Server, () => void>();

/** Makes a server for an app, over TLS if there is a certificate. */
export function httpServer(app: Hono, certificate: Certificate | undefined): Server {
  const server = createAdaptorServer({
    fetch: app.fetch,
    ...(certificate && {
      createServer: createHttpsServer,
      serverOptions: { ...certificate, handshakeTimeout: HANDSHAKE_MS },
    }),
  }) as Server;
  closers.set(server, trackConnections(server));
  return server;
}

/** Listens, and resolves to the port. Throws `TL_PORT_UNAVAILABLE`, which names the setting. */
export async function listenOrThrow(
  name: string,
  port: number,
  listen: () => Promise<number>,
): Promise<number> {
  try {
    return await listen();
  } catch (error) {
    throw new CollectorError(
      'TL_PORT_UNAVAILABLE',
      `Cannot listen on port ${port}: ${errorMessage(error)}. Set "${name}" to another port, or to 0 for any free port.`,
      { cause: error },
    );
  }
}

/** Listens, and resolves to the port. Rejects with Node's error. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // A connection that cannot be accepted, such as with too many files open, must not end the collector.
      server.on('error', (error) => console.error(`throughline: ${error.message}`));
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening, and closes all connections, those that came by another server, too. */
export function closeServer(server: Server): Promise<void> {
  closers.get(server)?.();
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Returns a host as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
