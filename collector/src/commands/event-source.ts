import { CollectorError } from '../errors.js';
import { readEventFiles } from '../ingest/event-files.js';
import { taskEvents } from '../query/task-events.js';
import { quote } from '../graph/plain-text.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { Store, TaskPage, TraceEvent } from '../store/store.js';
import { CollectorApi } from './collector-api.js';

/** A source of tasks and events for commands: a running collector, or event files. */
export interface EventSource {
  /** Returns the newest tasks. */
  tasks(limit: number): Promise<TaskPage>;
  /** Returns the events of one task. Throws `TL_TASK_UNKNOWN` or `TL_TASK_ID_INVALID`. */
  task(taskId: string): Promise<readonly TraceEvent[]>;
}

/** Returns the event files, if `file` is given, or else the running collector. Throws `TL_EVENTS_UNREADABLE`. */
export async function openEventSource(from: {
  file?: string;
  collector: string;
}): Promise<EventSource> {
  return from.file === undefined ? new CollectorApi(from.collector) : EventFiles.open(from.file);
}

/** Answers queries from event files, as a collector that had received their events would. */
class EventFiles implements EventSource {
  private constructor(
    private readonly path: string,
    private readonly store: Store,
  ) {}

  static async open(path: string): Promise<EventFiles> {
    const store = await SqliteStore.open(':memory:');
    await store.append(loadEventFiles(path));
    return new EventFiles(path, store);
  }

  tasks(limit: number): Promise<TaskPage> {
    return this.store.tasks({ offset: 0, limit });
  }

  async task(taskId: string): Promise<readonly TraceEvent[]> {
    const events = await taskEvents(this.store, taskId);
    if (events.length > 0) return events;
    const path = quote(this.path);
    throw new CollectorError(
      'TL_TASK_UNKNOWN',
      `No events of task ${quote(taskId)} in ${path}. Run "throughline list --file ${this.path}" to list its tasks.`,
    );
  }
}

/**
 * Returns the events of files. Prints an error for each invalid line and sets the exit code to 1.
 *
 * Throws `TL_EVENTS_UNREADABLE`.
 */
export function loadEventFiles(path: string): readonly TraceEvent[] {
  const { events, problems } = readEventFiles(path);
  for (const problem of problems) console.error(`throughline: ${problem.message}`);
  if (problems.length > 0) process.exitCode = 1;
  return events;
}
