import { createAdaptorServer } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { CollectorError, sentence } from './errors.js';
import { Acceptor } from './ingest/accept.js';
import { PubsubServer } from './ingest/pubsub.js';
import { webApp } from './query/web.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { SqliteStore } from './store/sqlite-store.js';
import type { TraceEvent } from './store/store.js';

/** A collector that is running. */
export interface Collector {
  /** `host:port` for `connect()` of the X-Trace client. */
  readonly reportAddress: string;
  /** Address of the page. */
  readonly url: string;
  readonly counters: Acceptor['counters'];
  /** Keeps events that came by another way than a report, as those of a file. */
  take(events: readonly TraceEvent[]): Promise<void>;
  /** Stops listening, keeps what has arrived, and closes the store. */
  close(): Promise<void>;
}

/**
 * Starts a collector: ingest over the pubsub protocol, the store, queries and the page.
 *
 * @example
 * const collector = await startCollector({ store: ':memory:', reportPort: 0, webPort: 0 });
 */
export async function startCollector(given: Partial<Settings> = {}): Promise<Collector> {
  const { host, reportPort, webPort, store: file } = readSettings(given);
  const store = await SqliteStore.open(file);
  const acceptor = new Acceptor(store);
  const pubsub = new PubsubServer(acceptor);
  const web = createAdaptorServer(webApp({ store, acceptor, pubsub })) as Server;

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());
  const closeAll = async (): Promise<void> => {
    await Promise.all([pubsub.close(), closeServer(web)]);
    await acceptor.settled();
    await store.close();
  };
  try {
    const reports = await listening('reportPort', reportPort, () =>
      pubsub.listen(host, reportPort),
    );
    const page = await listening('webPort', webPort, () => listen(web, host, webPort));
    return {
      reportAddress: `${bracketed(host)}:${reports}`,
      url: `http://${bracketed(host)}:${page}`,
      get counters() {
        return acceptor.counters;
      },
      take: async (events) => {
        for (const event of events) acceptor.accept(event);
        await acceptor.settled();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listening(
  name: string,
  port: number,
  listen: () => Promise<number>,
): Promise<number> {
  try {
    return await listen();
  } catch (error) {
    throw new CollectorError(
      'PORT_TAKEN',
      `Cannot listen on port ${port}: ${sentence(error)}. Set "${name}" to another one, or to 0 for any.`,
      { cause: error },
    );
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
