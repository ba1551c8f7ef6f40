import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { explainWaits } from '../analysis/why.js';
import { whyText } from '../analysis/why-text.js';
import { causalGraph, eventsInOrder } from '../graph/causal-graph.js';
import { textRecords } from '../graph/records.js';
import type { ChangeFeed } from '../ingest/change-feed.js';
import type { Store } from '../store/store.js';
import { parseTaskId } from '../search/task-id.js';
import { oneOf, wholeNumber } from './ask.js';
import { taskEvents, taskParts, taskSlice } from './task-events.js';
import { unknownTask } from './unknown-task.js';

/** How many events a slice has, about, and at most. */
const DEFAULT_SLICE = 10_000;
const MAX_SLICE = 50_000;

/** The least time between two looks of a live answer, in milliseconds: many reports come as one message. */
const PAUSE_MS = 200;
/** Interval between keep-alive comments, in milliseconds; shorter than the timeouts of proxies. */
const SILENCE_MS = 15_000;

/** How often a live answer looks for what other collectors have stored, in milliseconds. */
const SHARED_MS = 2000;

/** Adds what can be asked of one task: its events whole, in slices, live, and as text. `isShared`: other collectors store there, too. */
export function addTaskQuery(
  app: Hono,
  store: Store,
  changes: ChangeFeed,
  isShared: boolean,
): void {
  const longestMs = isShared ? SHARED_MS : Infinity;
  app.get('/api/tasks/:task', async (context) => {
    const text = context.req.param('task');
    const parts = await taskParts(store, text);
    if (parts.length === 0) throw unknownTask(text);
    return context.body(streamOf(parts), 200, {
      'content-type': 'application/json',
      'content-length': String(parts.reduce((sum, { length }) => sum + length, 0)),
    });
  });
  app.get('/api/tasks/:task/slices', async (context) => {
    const text = context.req.param('task');
    const limit = wholeNumber(context, 'limit', DEFAULT_SLICE, MAX_SLICE);
    const slice = await taskSlice(store, text, context.req.query('after') ?? '', limit);
    if (slice === undefined) throw unknownTask(text);
    return context.body(slice as Uint8Array<ArrayBuffer>, 200, {
      'content-type': 'application/json',
    });
  });
  app.get('/api/tasks/:task/live', (context) => {
    const text = context.req.param('task');
    // An id that is none is refused at once.
    parseTaskId(text);
    let after = context.req.query('after') ?? '';
    return live(context, changes, longestMs, async () => {
      const slice = await taskSlice(store, text, after, DEFAULT_SLICE);
      if (slice === undefined) return undefined;
      const data = Buffer.from(slice).toString();
      const [, next = ''] = /"next":"([^"]*)"\}$/.exec(data) ?? [];
      const isNew = next !== after;
      after = next;
      return isNew ? data : undefined;
    });
  });
  app.get('/api/live', (context) => {
    let known = '';
    return live(context, changes, longestMs, async () => {
      const size = JSON.stringify(await store.size());
      return size === known ? undefined : (known = size);
    });
  });
  app.get('/api/tasks/:task/why', async (context) => {
    const text = context.req.param('task');
    const format = oneOf(context, 'format', ['json', 'text']);
    const events = await taskEvents(store, text);
    if (events.length === 0) throw unknownTask(text);
    const why = explainWaits(events);
    return format === 'text' ? context.text(whyText(why)) : context.json(why);
  });
  app.get('/api/tasks/:task/text', async (context) => {
    const text = context.req.param('task');
    const events = await taskEvents(store, text);
    if (events.length === 0) throw unknownTask(text);
    return context.text(textRecords(eventsInOrder(causalGraph(events))));
  });
}

/**
 * Answers with what `next` returns, again and again until it returns nothing, and then after each change of the store, or after a time,
 * as server-sent events (HTML, section 9.2).
 */
function live(
  context: Context,
  changes: ChangeFeed,
  longestMs: number,
  next: () => Promise<string | undefined>,
): Response {
  return streamSSE(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const silence = setInterval(() => void stream.write(': \n\n'), SILENCE_MS).unref();
    try {
      while (!gone.signal.aborted) {
        const seen = changes.current;
        const data = await next();
        if (data !== undefined) await stream.writeSSE({ data });
        await stream.sleep(PAUSE_MS);
        if (data === undefined) await changes.after(seen, gone.signal, longestMs);
      }
    } finally {
      clearInterval(silence);
    }
  });
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
