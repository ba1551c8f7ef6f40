import type { Report } from '@throughline/runtime/report';

/** A kept event. The task's id is the 16 hex digits that every protocol carries. */
export type TraceEvent = Report;

export interface TaskSummary {
  readonly taskId: string;
  /** Label of its earliest event. */
  readonly title: string;
  readonly events: number;
  /** Names of the processes that took part. */
  readonly processes: readonly string[];
  /** Microseconds since 1970. */
  readonly firstEvent: number;
  readonly lastEvent: number;
}

export interface TaskPage {
  readonly tasks: readonly TaskSummary[];
  /** How many tasks there are in all. */
  readonly total: number;
}

/**
 * Where the collector keeps events. Every method may be called at once from many requests.
 */
export interface Store {
  /**
   * Keeps events, and returns how many of them were new. An event already kept is kept once, so
   * that a sender may retry.
   */
  append(events: readonly TraceEvent[]): Promise<number>;
  /**
   * All events of one task, by timestamp; empty when the task is unknown. Hosts' clocks differ, so
   * for cause and effect follow `parentEventIds` instead.
   */
  task(taskId: string): Promise<TraceEvent[]>;
  /** Tasks, the one with the newest event first. */
  tasks(range: { offset: number; limit: number }): Promise<TaskPage>;
  close(): Promise<void>;
}
