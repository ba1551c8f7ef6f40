import type { Excerpt, ShapeAnswer, TaskPage, TaskRange, TraceEvent } from '@throughline/collector';

/** Which tasks to return. */
export interface TaskQuery {
  readonly limit: number;
  /** A search, such as `route=/carts duration>100ms`. */
  readonly where?: string | undefined;
  /** What comes first: the task with the latest event, without it. */
  readonly order?: TaskRange['order'];
}

/** A source of tasks and events for commands: a running collector, or event files. */
export interface EventSource {
  /** Returns the first tasks that match. Throws `TL_QUERY_INVALID`. */
  tasks(query: TaskQuery): Promise<TaskPage>;
  /** Returns the events of one task. Throws `TL_TASK_UNKNOWN` or `TL_TASK_ID_INVALID`. */
  task(taskId: string): Promise<readonly TraceEvent[]>;
  /** Returns the shapes of the newest tasks that match. Throws `TL_QUERY_INVALID`. */
  shapes(where: string): Promise<ShapeAnswer>;
  /** Returns the code around an event's source; nothing if it is not there. */
  code(event: TraceEvent): Promise<Excerpt | undefined>;
}
