import { LineTotals } from '../analysis/lines.js';
import type { LineAmount } from '../analysis/lines.js';
import { ShapeTotals } from '../analysis/shapes.js';
import type { TaskShape } from '../analysis/shapes.js';
import type { TaskCondition } from '../search/task-query.js';
import type { Store } from '../store/store.js';
import { readTasks } from './read-tasks.js';
import type { TasksRead } from './read-tasks.js';

/** What lines of source cost in some tasks. */
export interface LineAnswer extends TasksRead {
  readonly lines: readonly LineAmount[];
}

/** What kinds of tasks there are. */
export interface ShapeAnswer extends TasksRead {
  readonly shapes: readonly TaskShape[];
}

/** Returns what each line of source cost in the newest tasks that meet the conditions, the costliest first. */
export async function lineAmounts(
  store: Store,
  where: readonly TaskCondition[],
): Promise<LineAnswer> {
  const totals = new LineTotals();
  const read = await readTasks(store, where, (_, events) => totals.add(events));
  return { lines: totals.lines(), ...read };
}

/** Returns the shapes of the newest tasks that meet the conditions. */
export async function taskShapes(
  store: Pick<Store, 'tasks' | 'task'>,
  where: readonly TaskCondition[],
): Promise<ShapeAnswer> {
  const totals = new ShapeTotals();
  const read = await readTasks(store, where, (task, events) => totals.add(task, events));
  return { shapes: totals.shapes(), ...read };
}
