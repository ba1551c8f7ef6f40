import { readBatches } from '../files/event-files.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { TaskPage, TaskRange } from '../store/store.js';
import type { BatchBytes } from '../reports/batch.js';
import type { TraceEvent } from '../reports/trace-event.js';
import type { TaskCondition } from '../search/task-query.js';
import { taskEvents } from './task-events.js';
import { taskShapes } from './totals.js';
import type { ShapeAnswer } from './totals.js';

/** Event files that answer queries as a collector that had received their events would. */
export interface EventFileQueries {
  /** One error for each line that is not a valid event. */
  readonly problems: readonly Error[];
  /** The events, as a collector takes them. */
  readonly batches: readonly BatchBytes[];
  /** Returns a page of tasks. */
  tasks(range: TaskRange): Promise<TaskPage>;
  /** Returns the shapes of the newest tasks that meet the conditions. */
  shapes(where: readonly TaskCondition[]): Promise<ShapeAnswer>;
  /** Returns the events of one task; none if it is unknown. Throws `TL_TASK_ID_INVALID`. */
  task(taskId: string): Promise<readonly TraceEvent[]>;
}

/** Opens a file of events, also of other tools, or every event file of a folder. Throws `TL_EVENTS_UNREADABLE`. */
export async function openEventFiles(path: string): Promise<EventFileQueries> {
  const { batches, problems } = readBatches(path);
  const store = await SqliteStore.open(':memory:');
  await store.append(batches);
  return {
    problems,
    batches,
    tasks: (range) => store.tasks(range),
    shapes: (where) => taskShapes(store, where),
    task: (taskId) => taskEvents(store, taskId),
  };
}
