import type { Report } from '@throughline/runtime/report';

/** A stored event. `taskId` is the 16 hex digits that every protocol carries. */
export type TraceEvent = Report;

/** One task in a list. */
export interface TaskSummary {
  readonly taskId: string;
  /** Label of the task's earliest event. */
  readonly title: string;
  /** Number of stored events. */
  readonly events: number;
  /** Names of the first 20 processes, each once; an empty string for a process without a name. */
  readonly processes: readonly string[];
  /** Timestamp of the earliest event, in microseconds since 1970. */
  readonly firstEvent: number;
  /** Timestamp of the latest event, in microseconds since 1970. */
  readonly lastEvent: number;
}

/** A page of the list of tasks. */
export interface TaskPage {
  readonly tasks: readonly TaskSummary[];
  /** Number of tasks in the whole store. */
  readonly total: number;
}

/** Storage for the collector's events. Requests may call its methods concurrently. */
export interface Store {
  /**
   * Stores events and returns how many of them were new. An event that is already stored is ignored, so that
   * a sender may retry.
   */
  append(events: readonly TraceEvent[]): Promise<number>;
  /**
   * Returns all events of one task, sorted by timestamp; empty when the task is unknown. Clocks of hosts
   * differ, so follow `parentEventIds` for cause and effect.
   */
  task(taskId: string): Promise<TraceEvent[]>;
  /** Returns a page of tasks, the one with the latest event first. */
  tasks(range: { offset: number; limit: number }): Promise<TaskPage>;
  /** Closes the store. May be called twice. */
  close(): Promise<void>;
}
