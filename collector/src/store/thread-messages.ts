import type { CollectorErrorCode } from '../errors.js';
import type { TaskCondition } from '../search/task-query.js';
import type { RetentionLimits } from './retention.js';

/** What a thread of a store is started with. */
export interface ThreadData {
  readonly file: string;
  readonly limits: RetentionLimits;
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

/** What the thread says: the end of a call, or that the store fails (why), or works again (false). */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: { readonly code: CollectorErrorCode | undefined; readonly message: string };
    }
  | { readonly failing: string | false };
