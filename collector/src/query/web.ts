import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { CodeFolders } from '../code/folders.js';
import { excerptOf } from '../code/source-code.js';
import { CollectorError, errorMessage } from '../errors.js';
import type { CollectorErrorCode } from '../errors.js';
import { PAGE } from '../exports/html.js';
import type { Acceptor } from '../ingest/accept.js';
import type { ReportServer } from '../ingest/report-server.js';
import type { Store, StoreSize } from '../store/store.js';
import { wholeNumber } from './ask.js';
import { addEventQuery } from './ask-events.js';
import { addTaskQuery } from './ask-task.js';
import { addTaskQueries } from './ask-tasks.js';
import { authorize, isShown } from './authorize.js';
import { guard, reportOrigins } from './guard.js';
import { metricsText } from './metrics.js';
import { addOriginalPaths } from './original-paths.js';
import { addOtlp } from './take-otlp.js';
import { takeReports } from './take-reports.js';

/** The parts of a collector that the web app reads from. */
export interface WebAppParts {
  readonly store: Store & {
    readonly failing?: string | undefined;
    readonly away?: string | undefined;
  };
  readonly acceptor: Acceptor;
  readonly reports: ReportServer;
  /** Returns the address for reports, as `host:port`. */
  readonly reportAddress: () => string;
  /** The address that the collector listens on; nothing for a Unix socket. */
  readonly host: string | undefined;
  /** Origins of pages that may send reports, beside those on this machine. */
  readonly allowOrigins: readonly string[];
  /** True if other collectors may store in it, too. */
  readonly isShared: boolean;
  /** The database file, as an absolute path; nothing if it is in memory, or on a server. */
  readonly file: string | undefined;
  /** Where code is that the page shows. */
  readonly code: CodeFolders;
  /** What everybody must show who reads or sends. */
  readonly token: string | undefined;
}

/** Creates the HTTP app: reports, queries, health and the page. */
export function webApp(parts: WebAppParts): Hono {
  const {
    store,
    acceptor,
    reports,
    reportAddress,
    host,
    allowOrigins,
    code,
    file,
    token,
    isShared,
  } = parts;
  const app = new Hono();
  // Labels come from programs. The page shows them as text; this policy stops scripts if it ever fails to.
  const self = ["'self'"];
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: self, imgSrc: [...self, 'data:'] },
      strictTransportSecurity: false,
      // Pages of other origins report here; which ones is said by CORS.
      crossOriginResourcePolicy: false,
    }),
  );
  const mayReport = reportOrigins(allowOrigins);
  app.use(guard(host, mayReport));
  app.use(authorize(token));
  app.onError((error, context) => errorResponse(context, error));

  app.all('/api/reports', (context) => takeReports(context, acceptor, mayReport));
  addOtlp(app, acceptor, mayReport);
  addOriginalPaths(app, store);
  addTaskQueries(app, store);
  addTaskQuery(app, store, acceptor.changes, isShared);
  addEventQuery(app, store);
  app.get('/api/code', async (context) => {
    const host = context.req.query('host') ?? '';
    const processId = wholeNumber(context, 'process', 0, Number.MAX_SAFE_INTEGER);
    const time = wholeNumber(context, 'time', 0, Number.MAX_SAFE_INTEGER);
    const folders = code.of({ host, processId, time });
    return context.json((await excerptOf(folders, context.req.query('source') ?? '')) ?? null);
  });
  app.get('/health', async (context) => {
    const { size, unreadable } = await sizeOf(store);
    const failing = store.failing && `the store fails: ${store.failing}. It is tried again.`;
    const away =
      store.away && `the store is away, and reports wait on disk until it is back: ${store.away}`;
    const problems = [unreadable, failing, away, acceptor.lastProblem, reports.lastProblem];
    // Reports may wait on disk for a store on a server, so senders may go on while it does not answer.
    const isReadable = unreadable === undefined || isShared;
    const ok = isReadable && store.failing === undefined && !acceptor.isFull;
    if (!isShown(context, token)) return context.json({ ok }, ok ? 200 : 503);
    const answer = {
      ok,
      processId: process.pid,
      reportAddress: reportAddress(),
      file,
      reports: acceptor.counters,
      connections: { ...reports.counters, undelivered: reports.undelivered },
      store: size,
      problems: problems.filter(Boolean),
    };
    return context.json(answer, ok ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.text(metricsText(acceptor, reports, (await sizeOf(store)).size)),
  );
  app.all('/api/*', (context) => context.json(unknownPath(context.req.path), 404));

  app.use('/*', serveStatic({ root: PAGE }));
  // The page reads the address itself, so every other path gets the page.
  app.get('/*', serveStatic({ root: PAGE, path: 'index.html' }));
  app.notFound((context) =>
    context.text(
      'The page has not been built. Run "npm run build" in the repository. (TL_PAGE_MISSING)',
      404,
    ),
  );
  return app;
}

/** How long the size of a store may take, in milliseconds. */
const SIZE_MS = 2000;

/** Returns the size of a store, or why it is not known. One that is away is not asked: it might not answer for long. */
async function sizeOf(
  store: WebAppParts['store'],
): Promise<{ readonly size?: StoreSize; readonly unreadable?: string }> {
  if (store.away !== undefined) return {};
  try {
    return { size: await inTime(store.size()) };
  } catch (error) {
    return { unreadable: errorMessage(error) };
  }
}

/** Rejects if a promise takes longer than who asks if the collector is well would wait. */
async function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tell = (): void => reject(new Error(`the store has not answered for ${SIZE_MS} ms`));
    timer = setTimeout(tell, SIZE_MS).unref();
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** The status of an answer, for errors that are not 400. */
const STATUS: Partial<Record<CollectorErrorCode, 401 | 403 | 404 | 503>> = {
  TL_TASK_UNKNOWN: 404,
  TL_REQUEST_REFUSED: 403,
  TL_TOKEN_REFUSED: 401,
  TL_COLLECTOR_FULL: 503,
  TL_STORE_UNAVAILABLE: 503,
};

function errorResponse(context: Context, error: Error): Response {
  if (!(error instanceof CollectorError)) {
    console.error('throughline:', error);
    return context.json(
      { error: 'The collector could not answer this request. See its log.', code: 'TL_INTERNAL' },
      500,
    );
  }
  return context.json({ error: error.message, code: error.code }, STATUS[error.code] ?? 400);
}

function unknownPath(path: string): { error: string; code: CollectorErrorCode } {
  return { error: `Unknown path ${path}. Tasks are at /api/tasks.`, code: 'TL_PATH_UNKNOWN' };
}
