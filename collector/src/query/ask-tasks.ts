import type { Context, Hono } from 'hono';
import { TASK_ORDERS } from '../store/store.js';
import type { Store } from '../store/store.js';
import { oneOf, wholeNumber } from './ask.js';
import { parseTaskQuery } from '../search/task-query.js';
import type { TaskCondition } from '../search/task-query.js';
import { lineAmounts, taskShapes } from './totals.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;
const DEFAULT_PARTS = 60;
const MAX_PARTS = 1000;

/** Adds what can be asked of many tasks: a page of them, when they began, their lines, and their shapes. Each takes a search: `?where=`. */
export function addTaskQueries(app: Hono, store: Store): void {
  app.get('/api/tasks', async (context) => {
    const offset = wholeNumber(context, 'offset', 0, Number.MAX_SAFE_INTEGER);
    const limit = wholeNumber(context, 'limit', DEFAULT_LIMIT, MAX_LIMIT);
    const order = oneOf(context, 'order', TASK_ORDERS);
    const reversed = oneOf(context, 'reversed', ['false', 'true']) === 'true';
    return context.json(
      await store.tasks({ offset, limit, order, reversed, where: conditionsOf(context) }),
    );
  });
  app.get('/api/histogram', async (context) => {
    const parts = Math.max(1, wholeNumber(context, 'parts', DEFAULT_PARTS, MAX_PARTS));
    return context.json((await store.histogram(conditionsOf(context), parts)) ?? null);
  });
  app.get('/api/lines', async (context) =>
    context.json(await lineAmounts(store, conditionsOf(context))),
  );
  app.get('/api/shapes', async (context) =>
    context.json(await taskShapes(store, conditionsOf(context))),
  );
}

function conditionsOf(context: Context): readonly TaskCondition[] {
  return parseTaskQuery(context.req.query('where') ?? '');
}
