import { LineTotals } from '../analysis/lines.js';
import type { LineAmount } from '../analysis/lines.js';
import type { Store } from '../store/store.js';
import type { TaskCondition } from '../search/task-query.js';

/** Maximum number of tasks, and of events of all of them, that are read for one answer. */
const MOST_TASKS = 500;
const MOST_EVENTS = 100_000;

/** What lines of source cost in some tasks. */
export interface LineAnswer {
  readonly lines: readonly LineAmount[];
  /** Number of tasks that were read: the newest ones. */
  readonly tasks: number;
  /** Number of tasks that meet the conditions. */
  readonly matching: number;
}

/** Returns what each line of source cost in the newest tasks that meet the conditions, the costliest first. */
export async function lineAmounts(
  store: Store,
  where: readonly TaskCondition[],
): Promise<LineAnswer> {
  const { tasks, matching } = await store.tasks({ offset: 0, limit: MOST_TASKS, where });
  const totals = new LineTotals();
  let [read, left] = [0, MOST_EVENTS];
  for (const { taskId, events } of tasks) {
    if (events > left) continue;
    left -= events;
    const found = await store.task(taskId);
    if (found.length === 0) continue;
    totals.add(found);
    read++;
  }
  return { lines: totals.lines(), tasks: read, matching };
}
