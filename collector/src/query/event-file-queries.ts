import { encodeBatch } from '@throughline/runtime/report';
import { readEventFiles } from '../ingest/event-files.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { TaskPage, TaskRange } from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { taskEvents } from './task-events.js';

/** Event files that answer queries as a collector that had received their events would. */
export interface EventFileQueries {
  /** One error for each line that is not a valid event. */
  readonly problems: readonly Error[];
  /** The events, in the order of the files. */
  readonly events: readonly TraceEvent[];
  /** Returns a page of tasks. */
  tasks(range: TaskRange): Promise<TaskPage>;
  /** Returns the events of one task; none if it is unknown. Throws `TL_TASK_ID_INVALID`. */
  task(taskId: string): Promise<readonly TraceEvent[]>;
}

/** Opens a file of events, or every file of a folder. Throws `TL_EVENTS_UNREADABLE`. */
export async function openEventFiles(path: string): Promise<EventFileQueries> {
  const { events, problems } = readEventFiles(path);
  const store = await SqliteStore.open(':memory:');
  await store.append([encodeBatch(events)]);
  return {
    problems,
    events,
    tasks: (range) => store.tasks(range),
    task: (taskId) => taskEvents(store, taskId),
  };
}
