import { resolve } from 'node:path';
import { isClickHouse, withoutPassword } from './store/location.js';
import { CodeFolders, notesOf } from './code/folders.js';
import { CollectorError, errorMessage } from './errors.js';
import { encodeBatch } from '@throughline/runtime/report';
import { Acceptor } from './ingest/accept.js';
import type { Counters } from './ingest/accept.js';
import { closeServer, httpServer, listen, listenOrThrow, urlHost } from './listen/http-server.js';
import { certificateOf } from './listen/tls.js';
import { ReportServer } from './ingest/report-server.js';
import { OtlpGrpcServer } from './query/otlp-grpc.js';
import { isLocal } from './query/guard.js';
import { webApp } from './query/web.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';
import type { TraceEvent } from './reports/trace-event.js';
import { ThreadedStore } from './store-thread/threaded-store.js';

type Ports = Pick<Settings, 'host' | 'reportPort' | 'webPort' | 'otlpPort' | 'otlpGrpcPort'>;
type Places = Pick<
  Collector,
  'reportAddress' | 'url' | 'otlpUrl' | 'isOtlpPortFree' | 'otlpGrpcAddress'
>;

/** A running collector. */
export interface Collector {
  /** Address for the X-Trace client's `connect()`: `host:port`, `tls://host:port` or `unix:/path`. */
  readonly reportAddress: string;
  /** The database file, `:memory:`, or the ClickHouse server, without its password. */
  readonly store: string;
  /** URL of the page and of the HTTP API, without a trailing slash; `unix:/path` for a Unix socket. */
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
    socket,
    cert,
    key,
    token,
  } = readSettings(given);
  const certificate = certificateOf({ cert, key, socket });
  const store = await ThreadedStore.open(
    location,
    { maxBytes: maxSize, maxAgeMs: maxAge },
    { file: spool, maxBytes: maxSpool },
  );
  const acceptor = new Acceptor(store);
  acceptor.inherit(store.inherited);
  store.onSettled((outcomes) => acceptor.settle(outcomes));
  const reports = new ReportServer(acceptor, token, certificate);
  let reportAddress = '';
  const isFile = location !== ':memory:' && !isClickHouse(location);
  const storeFile = isFile ? resolve(location) : undefined;
  const isOpen = token === undefined && socket === undefined && !isLocal(host);
  const app = webApp({
    ...{ store, acceptor, reports, allowOrigins, token },
    host: socket === undefined ? host : undefined,
    file: storeFile,
    isShared: isClickHouse(location),
    // What programs were run in is nobody else's concern.
    code: new CodeFolders(sources, isOpen ? undefined : notesOf(storeFile)),
    reportAddress: () => reportAddress,
  });
  const web = httpServer(app, certificate);
  const otlp = httpServer(app, certificate);
  const grpc = new OtlpGrpcServer(acceptor, token, certificate);

  const addBatch = async (batch: Uint8Array): Promise<void> => {
    await acceptor.accept(batch);
  };
  const listenOnPorts = async (asked: Ports): Promise<Places> => {
    const at = `${certificate ? 'https' : 'http'}://${urlHost(host)}`;
    const reportsAt = await listenOrThrow('reportPort', asked.reportPort, () =>
      reports.listen(host, asked.reportPort),
    );
    const pageAt = await listenOrThrow('webPort', asked.webPort, () =>
      listen(web, host, asked.webPort),
    );
    const spansAt = await listen(otlp, host, asked.otlpPort).catch(() => undefined);
    const callsAt = await grpc.listen(host, asked.otlpGrpcPort).catch(() => undefined);
    return {
      reportAddress: `${certificate ? 'tls://' : ''}${urlHost(host)}:${reportsAt}`,
      url: `${at}:${pageAt}`,
      otlpUrl: `${at}:${spansAt ?? pageAt}`,
      isOtlpPortFree: spansAt !== undefined,
      otlpGrpcAddress: callsAt === undefined ? undefined : `${urlHost(host)}:${callsAt}`,
    };
  };
  const listenOnPath = async (path: string): Promise<Places> => {
    await reports.listenOn(path, web).catch((error: unknown) => {
      throw new CollectorError(
        'TL_PORT_UNAVAILABLE',
        `Cannot listen on the socket "${path}": ${errorMessage(error)}. Set "socket" to another path.`,
        { cause: error },
      );
    });
    const url = `unix:${path}`;
    return {
      ...{ reportAddress: url, url, otlpUrl: url },
      ...{ isOtlpPortFree: true, otlpGrpcAddress: undefined },
    };
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
    const places =
      socket === undefined
        ? await listenOnPorts({ host, reportPort, webPort, otlpPort, otlpGrpcPort })
        : await listenOnPath(socket);
    reportAddress = places.reportAddress;
    return {
      ...places,
      store: withoutPassword(location),
      pageUrl: `${places.url}${token === undefined ? '' : `/?token=${encodeURIComponent(token)}`}`,
      isOpen,
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
