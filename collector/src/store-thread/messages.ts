import type { CollectorErrorCode } from '../errors.js';
import type { TaskCondition } from '../search/task-query.js';
import type { RetentionLimits } from '../store/retention.js';
import type { Outcome } from '../store/store.js';

/** Where reports wait while a store on another machine is away. */
export interface SpoolSettings {
  readonly file: string;
  readonly maxBytes: number;
}

/** What a thread of a store is started with. */
export interface ThreadData {
  /** A file, `:memory:`, or the location of a ClickHouse server. */
  readonly location: string;
  readonly limits: RetentionLimits;
  readonly spool: SpoolSettings;
  /** False for a thread that only answers queries. */
  readonly writes: boolean;
}

/** A call of a store in another thread. */
export interface Call {
  readonly id: number;
  readonly method: 'append' | 'task' | 'slice' | 'tasks' | 'histogram' | 'size' | 'close';
  readonly argument: unknown;
}

/** What a call of `slice` has. */
export interface SliceRange {
  readonly taskId: string;
  readonly after: string;
  readonly limit: number;
}

/** What a call of `histogram` has. */
export interface HistogramRange {
  readonly where: readonly TaskCondition[];
  readonly parts: number;
}

/** What the thread says on its own: that the store fails or is away (why) or no longer (false), and what became of spooled reports. */
export type News =
  | { readonly failing: string | false }
  | { readonly away: string | false }
  | { readonly settled: readonly Outcome[] };

/** What the thread says: the end of a call, or news. */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: { readonly code: CollectorErrorCode | undefined; readonly message: string };
    }
  | News;
