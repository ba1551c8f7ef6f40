import { CollectorError } from '../errors.js';
import { readEventFiles } from '../ingest/event-files.js';
import { taskEvents } from '../query/task-events.js';
import { quoted } from '../graph/plain-text.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { Store, TaskPage, TraceEvent } from '../store/store.js';
import { CollectorApi } from './collector-api.js';

/** Where commands get tasks and events from. */
export interface EventSource {
  /** The newest tasks. */
  tasks(limit: number): Promise<TaskPage>;
  task(taskId: string): Promise<readonly TraceEvent[]>;
}

/** Files, where they are named, or else a running collector. */
export async function eventSource(from: {
  file?: string;
  collector: string;
}): Promise<EventSource> {
  return from.file === undefined ? new CollectorApi(from.collector) : EventFiles.open(from.file);
}

/** Files of events, answered as a collector that has taken them in would. */
class EventFiles implements EventSource {
  private constructor(
    private readonly path: string,
    private readonly store: Store,
  ) {}

  static async open(path: string): Promise<EventFiles> {
    const store = await SqliteStore.open(':memory:');
    await store.append(eventsIn(path));
    return new EventFiles(path, store);
  }

  tasks(limit: number): Promise<TaskPage> {
    return this.store.tasks({ offset: 0, limit });
  }

  async task(taskId: string): Promise<readonly TraceEvent[]> {
    const events = await taskEvents(this.store, taskId);
    if (events.length > 0) return events;
    const path = quoted(this.path);
    throw new CollectorError(
      'TASK_UNKNOWN',
      `There are no events of task ${quoted(taskId)} in ${path}. "throughline list --file ${this.path}" shows which tasks it has.`,
    );
  }
}

/** The events of files. Lines that are none are said to be so, and the command has failed at the end. */
export function eventsIn(path: string): readonly TraceEvent[] {
  const { events, problems } = readEventFiles(path);
  for (const problem of problems) console.error(`throughline: ${problem.message}`);
  if (problems.length > 0) process.exitCode = 1;
  return events;
}
