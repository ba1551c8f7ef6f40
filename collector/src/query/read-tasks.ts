import type { TaskCondition } from '../search/task-query.js';
import type { Store, TaskSummary } from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';

/** Maximum number of tasks, and of events of all of them, that are read for one answer. */
const MOST_TASKS = 500;
const MOST_EVENTS = 100_000;

/** How many tasks an answer is about. */
export interface TasksRead {
  /** Number of tasks that were read: the newest ones. */
  readonly tasks: number;
  /** Number of tasks that meet the conditions. */
  readonly matching: number;
}

/** Reads the newest tasks that meet the conditions, one by one. Those that are too large are left out. */
export async function readTasks(
  store: Pick<Store, 'tasks' | 'task'>,
  where: readonly TaskCondition[],
  add: (task: TaskSummary, events: readonly TraceEvent[]) => void,
): Promise<TasksRead> {
  const { tasks, matching } = await store.tasks({ offset: 0, limit: MOST_TASKS, where });
  let [read, left] = [0, MOST_EVENTS];
  for (const task of tasks) {
    if (task.events > left) continue;
    left -= task.events;
    const found = await store.task(task.taskId);
    if (found.length === 0) continue;
    add(task, found);
    read++;
  }
  return { tasks: read, matching };
}
