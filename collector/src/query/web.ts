import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { fileURLToPath } from 'node:url';
import { CollectorError, errorMessage } from '../errors.js';
import type { CollectorErrorCode } from '../errors.js';
import { causalGraph } from '../graph/causal-order.js';
import { textRecords } from '../graph/records.js';
import type { Acceptor } from '../ingest/accept.js';
import type { ReportServer } from '../ingest/report-server.js';
import type { Store, TraceEvent } from '../store/store.js';
import { guard, reportOrigins } from './guard.js';
import { metricsText } from './metrics.js';
import { addOtlp } from './take-otlp.js';
import { takeReports } from './take-reports.js';
import { taskEvents, taskParts } from './task-events.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** Folder of the built page, next to the built code. */
const PAGE = fileURLToPath(new URL('../../page', import.meta.url));

/** The parts of a collector that the web app reads from. */
export interface WebAppParts {
  readonly store: Store & { readonly failing?: string | undefined };
  readonly acceptor: Acceptor;
  readonly reports: ReportServer;
  /** Returns the address for reports, as `host:port`. */
  readonly reportAddress: () => string;
  /** The address that the collector listens on. */
  readonly host: string;
  /** Origins of pages that may send reports, beside those on this machine. */
  readonly allowOrigins: readonly string[];
}

/** Creates the HTTP app: reports, queries, health and the page. */
export function webApp(parts: WebAppParts): Hono {
  const { store, acceptor, reports, reportAddress, host, allowOrigins } = parts;
  const app = new Hono();
  // Labels come from programs. The page shows them as text; this policy stops scripts if it ever fails to.
  const self = ["'self'"];
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: self, styleSrc: [...self, "'unsafe-inline'"] },
      strictTransportSecurity: false,
      // Pages of other origins report here; which ones is said by CORS.
      crossOriginResourcePolicy: false,
    }),
  );
  const mayReport = reportOrigins(allowOrigins);
  app.use(guard(host, mayReport));
  app.onError((error, context) => errorResponse(context, error));

  app.all('/api/reports', (context) => takeReports(context, acceptor, mayReport));
  addOtlp(app, acceptor, mayReport);
  app.get('/api/tasks', async (context) => {
    const offset = wholeNumber(context, 'offset', 0, Number.MAX_SAFE_INTEGER);
    const limit = wholeNumber(context, 'limit', DEFAULT_LIMIT, MAX_LIMIT);
    return context.json(await store.tasks({ offset, limit }));
  });
  app.get('/api/tasks/:task', async (context) => {
    const text = context.req.param('task');
    const parts = await taskParts(store, text);
    if (parts.length === 0) throw unknownTask(text);
    return context.body(streamOf(parts), 200, { 'content-type': 'application/json' });
  });
  app.get('/api/tasks/:task/text', async (context) => {
    const events = await eventsOf(store, context.req.param('task'));
    return context.text(textRecords(causalGraph(events).events));
  });
  app.get('/health', async (context) => {
    const [size, unreadable] = await store.size().then(
      (known) => [known, undefined] as const,
      (error: unknown) => [undefined, errorMessage(error)] as const,
    );
    const failing = store.failing && `the store fails: ${store.failing}. It is tried again.`;
    const problems = [unreadable, failing, acceptor.lastProblem, reports.lastProblem];
    const ok = unreadable === undefined && store.failing === undefined && !acceptor.isFull;
    const answer = {
      ok,
      processId: process.pid,
      reportAddress: reportAddress(),
      reports: acceptor.counters,
      connections: { ...reports.counters, undelivered: reports.undelivered },
      store: size,
      problems: problems.filter(Boolean),
    };
    return context.json(answer, ok ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.text(metricsText(acceptor.counters, reports, await store.size())),
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

/**
 * Returns a task's events, sorted by timestamp. Does not wait for reports that are not in the store yet.
 *
 * Throws `TL_TASK_ID_INVALID` or `TL_TASK_UNKNOWN`.
 */
async function eventsOf(store: Store, text: string): Promise<readonly TraceEvent[]> {
  const events = await taskEvents(store, text);
  if (events.length > 0) return events;
  throw unknownTask(text);
}

function unknownTask(text: string): CollectorError {
  return new CollectorError('TL_TASK_UNKNOWN', `No events of task "${text}" have arrived.`);
}

/** Passes parts on one by one, so that a slow reader does not hold them all in the socket. */
function streamOf(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      if (next < parts.length) controller.enqueue(parts[next++]!);
      else controller.close();
    },
  });
}

function wholeNumber(context: Context, name: string, fallback: number, most: number): number {
  const text = context.req.query(name);
  if (text === undefined) return fallback;
  if (/^\d{1,15}$/.test(text) && Number(text) <= most) return Number(text);
  throw new CollectorError(
    'TL_QUERY_INVALID',
    `"${name}" must be a whole number from 0 to ${most}, got ${JSON.stringify(text)}.`,
  );
}

/** The status of an answer, for errors that are not 400. */
const STATUS: Partial<Record<CollectorErrorCode, 403 | 404 | 503>> = {
  TL_TASK_UNKNOWN: 404,
  TL_REQUEST_REFUSED: 403,
  TL_COLLECTOR_FULL: 503,
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
