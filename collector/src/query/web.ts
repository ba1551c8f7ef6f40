import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { fileURLToPath } from 'node:url';
import { CollectorError } from '../errors.js';
import { causalGraph } from '../graph/causal-order.js';
import { textRecords } from '../graph/records.js';
import type { Acceptor } from '../ingest/accept.js';
import type { PubsubServer } from '../ingest/pubsub.js';
import type { Store, TraceEvent } from '../store/store.js';
import { taskEvents } from './task-events.js';

const DEFAULT_LIMIT = 50;
const MOST_TASKS = 1000;

/** The built page, beside the built code. */
const PAGE = fileURLToPath(new URL('../../page', import.meta.url));

export interface Parts {
  readonly store: Store;
  readonly acceptor: Acceptor;
  readonly pubsub: PubsubServer;
}

/** Everything that is answered over HTTP: queries, health, the page. */
export function webApp({ store, acceptor, pubsub }: Parts): Hono {
  const app = new Hono();
  // Labels come from programs. The page shows them as text, and could not run them if it did not.
  const self = ["'self'"];
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: self, styleSrc: [...self, "'unsafe-inline'"] },
      strictTransportSecurity: false,
    }),
  );
  app.onError((error, context) => refuse(context, error));

  app.get('/api/tasks', async (context) => {
    const offset = wholeNumber(context, 'offset', 0, Number.MAX_SAFE_INTEGER);
    const limit = wholeNumber(context, 'limit', DEFAULT_LIMIT, MOST_TASKS);
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
  app.get('/health', (context) => {
    const problems = [acceptor.lastProblem, pubsub.lastProblem].filter(Boolean);
    return context.json({
      ok: true,
      reports: acceptor.counters,
      pubsub: pubsub.counters,
      problems,
    });
  });
  app.all('/api/*', (context) => context.json(unknownPath(context.req.path), 404));

  app.use('/*', serveStatic({ root: PAGE }));
  // The page finds its own way from the address.
  app.get('/*', serveStatic({ root: PAGE, path: 'index.html' }));
  app.notFound((context) =>
    context.text(
      'The page is not built. Run "npm run build" in the repository. (PAGE_MISSING)',
      404,
    ),
  );
  return app;
}

/** A task's events, by timestamp. Reports on their way to the store are waited for by nobody. */
async function eventsOf(store: Store, text: string): Promise<TraceEvent[]> {
  const events = await taskEvents(store, text);
  if (events.length > 0) return events;
  throw new CollectorError('TASK_UNKNOWN', `No events of task "${text}" have arrived.`);
}

function wholeNumber(context: Context, name: string, fallback: number, most: number): number {
  const text = context.req.query(name);
  if (text === undefined) return fallback;
  if (/^\d{1,15}$/.test(text) && Number(text) <= most) return Number(text);
  throw new CollectorError(
    'QUERY_INVALID',
    `"${name}" must be a whole number from 0 to ${most}, but is ${JSON.stringify(text)}.`,
  );
}

function refuse(context: Context, error: Error): Response {
  if (!(error instanceof CollectorError)) {
    console.error('throughline:', error);
    return context.json(
      { error: 'The collector failed to answer; its log says why.', code: 'INTERNAL' },
      500,
    );
  }
  const status = error.code === 'TASK_UNKNOWN' ? 404 : 400;
  return context.json({ error: error.message, code: error.code }, status);
}

function unknownPath(path: string): { error: string; code: string } {
  return { error: `There is nothing at ${path}. Tasks are at /api/tasks.`, code: 'QUERY_INVALID' };
}
