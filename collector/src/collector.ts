import { createAdaptorServer } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Server } from 'node:http';
import { isClickHouse, withoutPassword } from './clickhouse/location.js';
import { CodeFolders, notesOf } from './code/folders.js';
import { CollectorError, errorMessage } from './errors.js';
import { encodeBatch } from '@throughline/runtime/report';
import { Acceptor } from './ingest/accept.js';
import type { Counters } from './ingest/accept.js';
import { ReportServer } from './ingest/report-server.js';
import { OtlpGrpcServer } from './query/otlp-grpc.js';
import { isLocal } from './query/guard.js';
import { webApp } from './query/web.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';
import type { TraceEvent } from './reports/trace-event.js';
import { ThreadedStore } from './store-thread/threaded-store.js';

/** A running collector. */
export interface Collector {
  /** Address for the X-Trace client's `connect()`, as `host:port`. */
  readonly reportAddress: string;
  /** The database file, `:memory:`, or the ClickHouse server, without its password. */
  readonly store: string;
  /** URL of the page and of the HTTP API, without a trailing slash. */
  readonly url: string;
  /** The same with the token, which the page keeps when it was opened once. */
  readonly pageUrl: string;
  /** True if other machines may ask it, and no token is asked for. */
  readonly isOpen: boolean;
  /** URL for exporters of OpenTelemetry: that of the page, if their usual port is in use. */
  readonly otlpUrl: string;
  /** False if the port for OpenTelemetry's exporters is in use. */
  readonly isOtlpPortFree: boolean;
  /** Address for exporters of OpenTelemetry over gRPC, as `host:port`; nothing if its port is in use. */
  readonly otlpGrpcAddress: string | undefined;
  /** Why the store cannot be reached at the moment, if so. Reports wait on disk meanwhile. */
  readonly away: string | undefined;
  /** What became of the reports that were received so far. */
  readonly counters: Readonly<Counters>;
  /** Stores events that did not arrive as reports, such as those of a file. Resolves when they are stored. */
  addEvents(events: readonly TraceEvent[]): Promise<void>;
  /** The same for events that are a batch already. */
  addBatch(batch: Uint8Array): Promise<void>;
  /** Stops listening, stores the events that have arrived, and closes the store. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a collector, which receives reports over TCP and HTTP, stores them, and serves the page and the HTTP API. Settings that are not given come from environment variables, then from defaults.
 *
 * Throws `TL_SETTING_INVALID`, `TL_STORE_UNAVAILABLE` or `TL_PORT_UNAVAILABLE`.
 *
 * @example
 * const collector = await startCollector({ store: ':memory:', reportPort: 0, webPort: 0 });
 */
export async function startCollector(given: Partial<Settings> = {}): Promise<Collector> {
  const {
    host,
    reportPort,
    webPort,
    otlpPort,
    otlpGrpcPort,
    store: location,
    spool,
    maxSpool,
    maxSize,
    maxAge,
    allowOrigins,
    sources,
    token,
  } = readSettings(given);
  const store = await ThreadedStore.open(
    location,
    { maxBytes: maxSize, maxAgeMs: maxAge },
    { file: spool, maxBytes: maxSpool },
  );
  const acceptor = new Acceptor(store);
  acceptor.inherit(store.inherited);
  store.onSettled((outcomes) => acceptor.settle(outcomes));
  const reports = new ReportServer(acceptor, token);
  let reportAddress = '';
  const isFile = location !== ':memory:' && !isClickHouse(location);
  const storeFile = isFile ? resolve(location) : undefined;
  const isOpen = token === undefined && !isLocal(host);
  const app = webApp({
    ...{ store, acceptor, reports, host, allowOrigins, token },
    file: storeFile,
    isShared: isClickHouse(location),
    // What programs were run in is nobody else's concern.
    code: new CodeFolders(sources, isOpen ? undefined : notesOf(storeFile)),
    reportAddress: () => reportAddress,
  });
  const web = createAdaptorServer(app) as Server;
  const otlp = createAdaptorServer(app) as Server;
  const grpc = new OtlpGrpcServer(acceptor, token);

  const addBatch = async (batch: Uint8Array): Promise<void> => {
    await acceptor.accept(batch);
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());
  const closeAll = async (): Promise<void> => {
    grpc.close();
    await Promise.all([reports.close(), closeServer(web), closeServer(otlp)]);
    // It stores what waits first.
    await store.close();
  };
  try {
    const port = await listenOrThrow('reportPort', reportPort, () =>
      reports.listen(host, reportPort),
    );
    reportAddress = `${urlHost(host)}:${port}`;
    const page = await listenOrThrow('webPort', webPort, () => listen(web, host, webPort));
    const spans = await listen(otlp, host, otlpPort).catch(() => undefined);
    const calls = await grpc.listen(host, otlpGrpcPort).catch(() => undefined);
    return {
      reportAddress,
      store: withoutPassword(location),
      url: `http://${urlHost(host)}:${page}`,
      pageUrl: `http://${urlHost(host)}:${page}${token === undefined ? '' : `/?token=${encodeURIComponent(token)}`}`,
      isOpen,
      otlpUrl: `http://${urlHost(host)}:${spans ?? page}`,
      isOtlpPortFree: spans !== undefined,
      otlpGrpcAddress: calls === undefined ? undefined : `${urlHost(host)}:${calls}`,
      get away() {
        return store.away;
      },
      get counters() {
        return acceptor.counters;
      },
      addEvents: (events) => addBatch(encodeBatch(events)),
      addBatch,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listenOrThrow(
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

function listen(server: Server, host: string, port: number): Promise<number> {
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

function closeServer(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
