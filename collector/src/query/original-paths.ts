import type { Context, Hono } from 'hono';
import { CollectorError } from '../errors.js';
import { causalGraph, eventsInOrder } from '../graph/causal-graph.js';
import { textRecords } from '../graph/records.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { parseTaskId } from '../search/task-id.js';
import type { TaskCondition } from '../search/task-query.js';
import type { Store, TaskPage, TaskSummary } from '../store/store.js';
import { wholeNumber } from './ask.js';
import { taskEvents } from './task-events.js';

// The paths of the original X-Trace server and the shapes of its JSON, for scripts that were written for it. Its pages lead to ours.
// What was wrong there is mended: lists are valid JSON, a field cannot replace a member of a report, numbers that JSON cannot
// hold are text, an id that is none is refused, and a comma in a tag is written %2C.

const DEFAULT_LENGTH = 25;
const MAX_LENGTH = 1000;

/** Where the original's pages lead, by the name of the page. */
const PAGES: Readonly<Record<string, (tasks: readonly string[]) => string>> = {
  graph: ([task]) => `/tasks/${task}`,
  swimlane: ([task]) => `/tasks/${task}?view=timeline`,
  compare: ([before, after]) => `/compare?before=${before}&after=${after}`,
};

/** Adds the original's paths. They come before the page's own. */
export function addOriginalPaths(app: Hono, store: Store): void {
  app.get('/', async (context, next) => {
    if (context.req.query('format') !== 'json') return next();
    return context.json(await listOf(context, store, []));
  });
  for (const [path, field, operator] of [
    ['tag', 'tag', '='],
    ['title', 'title', '='],
    ['titleLike', 'title', '~'],
  ] as const) {
    app.get(`/${path}/:text`, async (context) => {
      const value = context.req.param('text');
      if (context.req.query('format') !== 'json') {
        return context.redirect(
          `/?${new URLSearchParams({ where: `${field}${operator}${JSON.stringify(value)}` })}`,
        );
      }
      return context.json(
        await listOf(context, store, [{ negated: false, field, operator, value }]),
      );
    });
  }
  app.get('/reports/:task', async (context) => {
    const events = await taskEvents(store, context.req.param('task'));
    return context.text(textRecords(eventsInOrder(causalGraph(events))));
  });
  app.get('/interactive/reports/:tasks', async (context) => {
    const found = listIn(context).map(async (id) => {
      const events = await taskEvents(store, id);
      return { id, reports: events.map(reportOf) };
    });
    return context.json(await Promise.all(found));
  });
  app.get('/interactive/overlapping/:tasks', async (context) => {
    const ids = listIn(context);
    const overlapping = new Set(ids);
    for (const { firstEvent, lastEvent } of await summariesOf(store, ids)) {
      const { tasks } = await store.tasks({
        ...{ offset: 0, limit: MAX_LENGTH },
        where: [
          { negated: false, field: 'start', operator: '<=', value: lastEvent },
          { negated: false, field: 'end', operator: '>=', value: firstEvent },
        ],
      });
      for (const { taskId } of tasks) overlapping.add(taskId);
    }
    return context.json([...overlapping]);
  });
  app.get('/interactive/tags/:tasks', async (context) => {
    const tags: Record<string, readonly string[]> = {};
    for (const task of await summariesOf(store, listIn(context))) {
      tags[task.taskId] = task.tags.length > 0 ? task.tags : [''];
    }
    return context.json(tags);
  });
  app.get('/interactive/taggedwith/:tags', async (context) => {
    const tagged: Record<string, readonly string[]> = {};
    for (const value of listIn(context)) {
      const where = [{ negated: false, field: 'tag', operator: '=', value }] as const;
      const { tasks } = await store.tasks({ offset: 0, limit: MAX_LENGTH, where });
      tagged[value] = tasks.map(({ taskId }) => taskId);
    }
    return context.json(tagged);
  });
  for (const [page, addressOf] of Object.entries(PAGES)) {
    app.get(`/interactive/${page}.html`, (context) => {
      const ids = (context.req.query('id') ?? '').split(',');
      return context.redirect(addressOf(ids.map(encodeURIComponent)));
    });
  }
}

/** Returns the parts of a path that commas divide. A comma that is encoded is part of one. */
function listIn(context: Context): string[] {
  const last = new URL(context.req.url).pathname.split('/').at(-1)!;
  try {
    return last.split(',').map(decodeURIComponent);
  } catch {
    throw new CollectorError('TL_QUERY_INVALID', `The path cannot be decoded: ${last}.`);
  }
}

async function summariesOf(store: Store, ids: readonly string[]): Promise<TaskSummary[]> {
  const pages = ids.map((text) => {
    const [value] = parseTaskId(text) as [string];
    const where = [{ negated: false, field: 'id', operator: '=', value }] as const;
    return store.tasks({ offset: 0, limit: 1, where });
  });
  return (await Promise.all(pages)).flatMap(({ tasks }) => tasks);
}

async function listOf(
  context: Context,
  store: Store,
  where: readonly TaskCondition[],
): Promise<object[]> {
  const { tasks }: TaskPage = await store.tasks({
    offset: wholeNumber(context, 'offset', 0, Number.MAX_SAFE_INTEGER),
    limit: wholeNumber(context, 'length', DEFAULT_LENGTH, MAX_LENGTH),
    where,
  });
  return tasks.map(({ taskId, title, firstEvent, lastEvent, events, tags }) => ({
    ...{ taskId, title, firstSeen: secondsOf(firstEvent), lastUpdated: secondsOf(lastEvent) },
    // The original has text here.
    ...{ numReports: String(events), tags },
  }));
}

/** Returns a time as the original writes it, in the zone of the server: `2026-01-31 12:00:00`. */
function secondsOf(timestamp: number): string {
  return new Date(timestamp / 1000).toLocaleString('sv-SE');
}

function reportOf(event: TraceEvent): Record<string, unknown> {
  const report: Record<string, unknown> = {
    TaskID: event.taskId,
    EventID: signed(event.eventId),
    ParentEventID: event.parentEventIds.map(signed),
    Timestamp: event.timestamp,
    HRT: numberOrText(event.hrt),
    Cycles: numberOrText(event.cycles),
    Host: event.host,
    ProcessID: event.processId,
    ProcessName: event.processName,
    ThreadID: event.threadId,
    ThreadName: event.threadName,
    Agent: event.agent,
    Source: event.source,
    Label: event.label,
    Tag: event.tags,
    TenantClass: event.tenantClass,
  };
  for (const [name, value] of event.fields ?? []) {
    report[Object.hasOwn(report, name) ? `Field.${name}` : name] = value;
  }
  return report;
}

/** Returns an id as the signed decimal of 64 bits. */
function signed(id: string): string {
  return BigInt.asIntN(64, BigInt(`0x${id}`)).toString();
}

function numberOrText(digits: string | undefined): number | string | undefined {
  const value = digits === undefined ? undefined : Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}
