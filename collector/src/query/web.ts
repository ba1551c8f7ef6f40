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
import type { PubsubServer } from '../ingest/pubsub.js';
import type { Store, TraceEvent } from '../store/store.js';
import { taskEvents } from './task-events.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** Folder of the built page, next to the built code. */
const PAGE = fileURLToPath(new URL('../../page', import.meta.url));

/** The parts of a collector that the web app reads from. */
export interface WebAppParts {
  readonly store: Store;
  readonly acceptor: Acceptor;
  readonly pubsub: PubsubServer;
  /** Returns the address for reports, as `host:port`. */
  readonly reportAddress: () => string;
}

/** Creates the HTTP app: queries, health and the page. */
export function webApp({ store, acceptor, pubsub, reportAddress }: WebAppParts): Hono {
  const app = new Hono();
  // Labels come from programs. The page shows them as text; this policy stops scripts if it ever fails to.
  const self = ["'self'"];
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: self, styleSrc: [...self, "'unsafe-inline'"] },
      strictTransportSecurity: false,
    }),
  );
  app.onError((error, context) => errorResponse(context, error));

  app.get('/api/tasks', async (context) => {
    const offset = wholeNumber(context, 'offset', 0, Number.MAX_SAFE_INTEGER);
    const limit = wholeNumber(context, 'limit', DEFAULT_LIMIT, MAX_LIMIT);
    return context.json(await store.tasks({ offset, limit }));
  });
  app.get('/api/tasks/:task', async (context) => {
    const events = await eventsOf(store, context.req.param('task'));
    return context.json({ taskId: events[0]!.taskId, events });
  });
  app.get('/api/tasks/:task/text', async (context) => {
    const events = await eventsOf(store, context.req.param('task'));
    return context.text(textRecords(causalGraph(events).events));
  });
  app.get('/health', async (context) => {
    const unreadable = await store
      .tasks({ offset: 0, limit: 1 })
      .then(() => undefined, errorMessage);
    const problems = [unreadable, acceptor.lastProblem, pubsub.lastProblem].filter(Boolean);
    const ok = unreadable === undefined && !acceptor.isFailing;
    const answer = {
      ok,
      processId: process.pid,
      reportAddress: reportAddress(),
      reports: acceptor.counters,
      pubsub: pubsub.counters,
      problems,
    };
    return context.json(answer, ok ? 200 : 503);
  });
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
async function eventsOf(store: Store, text: string): Promise<TraceEvent[]> {
  const events = await taskEvents(store, text);
  if (events.length > 0) return events;
  throw new CollectorError('TL_TASK_UNKNOWN', `No events of task "${text}" have arrived.`);
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

function errorResponse(context: Context, error: Error): Response {
  if (!(error instanceof CollectorError)) {
    console.error('throughline:', error);
    return context.json(
      { error: 'The collector could not answer this request. See its log.', code: 'TL_INTERNAL' },
      500,
    );
  }
  const status = error.code === 'TL_TASK_UNKNOWN' ? 404 : 400;
  return context.json({ error: error.message, code: error.code }, status);
}

function unknownPath(path: string): { error: string; code: CollectorErrorCode } {
  return { error: `Unknown path ${path}. Tasks are at /api/tasks.`, code: 'TL_PATH_UNKNOWN' };
}
