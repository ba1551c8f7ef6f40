import type { TaskPage, TraceEvent } from '@throughline/collector';

/** A source of tasks and events for commands: a running collector, or event files. */
export interface EventSource {
  /** Returns the newest tasks. */
  tasks(limit: number): Promise<TaskPage>;
  /** Returns the events of one task. Throws `TL_TASK_UNKNOWN` or `TL_TASK_ID_INVALID`. */
  task(taskId: string): Promise<readonly TraceEvent[]>;
}
