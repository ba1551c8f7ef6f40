import type { TaskColumns } from '../graph/task-columns.js';
import type { TaskCondition } from '../search/task-query.js';
import type { BatchBytes } from '../reports/batch.js';
import type { TraceEvent } from '../reports/trace-event.js';

/** What has become of the reports of one batch: each is counted once. */
export interface Outcome {
  readonly kept: number;
  /** Stored before, with the same contents. */
  readonly duplicates: number;
  /** Not stored, because another event of the task has the id. */
  readonly conflicts: number;
  /** Not readable as reports. */
  readonly refused: number;
  /** Why the last one was refused, if one was. */
  readonly problem?: string;
  /** Kept on disk because the store is away. What becomes of them is counted when it is back. */
  readonly spooled?: number;
}

/** One task in a list. */
export interface TaskSummary {
  readonly taskId: string;
  /** Label of the task's earliest event, or of the end of the operation that it begins; at most 256 characters. */
  readonly title: string;
  /** Number of stored events. */
  readonly events: number;
  /** Number of events with the field `error.type`. */
  readonly errors: number;
  /** Names of the first 20 processes, each once; an empty string for a process without a name. */
  readonly processes: readonly string[];
  /** The first 20 tags, each once. */
  readonly tags: readonly string[];
  /** Timestamp of the earliest event, in microseconds since 1970. */
  readonly firstEvent: number;
  /** Timestamp of the latest event, in microseconds since 1970. */
  readonly lastEvent: number;
  /** How long it took, in microseconds: the operation that begins it, or all of its events. */
  readonly duration: number;
}

/** What was removed because the store has a largest size and age. */
export interface Evicted {
  readonly tasks: number;
  readonly events: number;
}

/** What tasks are sorted by. */
export const TASK_ORDERS = ['last', 'start', 'duration', 'events', 'errors', 'title'] as const;

/** Which tasks of a list to return. */
export interface TaskRange {
  readonly offset: number;
  readonly limit: number;
  /** Conditions that all must hold; every task without. */
  readonly where?: readonly TaskCondition[];
  /** Largest first; `last`, the time of the latest event, without. Titles are from A to Z. */
  readonly order?: (typeof TASK_ORDERS)[number];
  /** The other way round. */
  readonly reversed?: boolean;
}

/** A page of the list of tasks. */
export interface TaskPage {
  readonly tasks: readonly TaskSummary[];
  /** Number of tasks that meet the conditions. */
  readonly matching: number;
  /** Number of tasks in the whole store. */
  readonly total: number;
  /** What the store no longer has, if anything. */
  readonly evicted?: Evicted;
}

/** How many tasks began when. Times are in microseconds since 1970. */
export interface TaskHistogram {
  /** Begin of the first task, and of the last one. */
  readonly from: number;
  readonly to: number;
  /** Number of tasks in each part of the time between, all equally long, and how many of them have errors. */
  readonly counts: readonly number[];
  readonly failed: readonly number[];
}

/** A part of a task's events, in the order in which they were stored. */
export interface TaskSlice {
  readonly columns: TaskColumns;
  /** Number of stored events of the task. */
  readonly total: number;
  /** Where the next slice begins. Events that are stored later are behind it. */
  readonly next: string;
}

/** How large a store is. */
export interface StoreSize {
  readonly tasks: number;
  readonly events: number;
  readonly bytes: number;
  readonly evicted: Evicted;
}

/** Storage for the collector's events. Requests may call its methods concurrently. */
export interface Store {
  /**
   * Stores the reports of batches, all of them or, when it rejects, none. An event that is already stored is not stored again,
   * so that a sender may retry. After it has resolved, nothing is lost when the process ends in any way.
   */
  append(batches: readonly BatchBytes[]): Promise<readonly Outcome[]>;
  /**
   * Returns all events of one task, sorted by timestamp; empty when the task is unknown. Takes 16 or 32 hex digits. Clocks of
   * hosts differ, so follow `parentEventIds` for cause and effect.
   */
  task(taskId: string): Promise<TraceEvent[]>;
  /** Returns the same as JSON, cut into parts: none when the task is unknown, else `{"taskId":…,"events":[…]}`. */
  taskJson(taskId: string): Promise<readonly Uint8Array[]>;
  /**
   * Returns events of a task as JSON of a `TaskSlice`: those after `after`, or its first ones, up to about `limit`. Nothing when the
   * task is unknown.
   */
  sliceJson(taskId: string, after: string, limit: number): Promise<Uint8Array | undefined>;
  /** Returns a page of tasks, the one with the latest event first. */
  tasks(range: TaskRange): Promise<TaskPage>;
  /** Returns how many tasks began when, in so many parts. Nothing without tasks. */
  histogram(where: readonly TaskCondition[], parts: number): Promise<TaskHistogram | undefined>;
  /** Returns how large the store is. */
  size(): Promise<StoreSize>;
  /** Closes the store. May be called twice. */
  close(): Promise<void>;
}
