import type { BatchBytes } from '../reports/batch.js';
import type { Outcome, Store } from '../store/store.js';

/** A store with what it needs to run: a queue, retention, a spool. */
export interface Backend {
  readonly store: Omit<Store, 'append' | 'close'>;
  /** How many reports the process before has left on disk. */
  readonly spooled: number;
  /** Resolves when the reports of a batch are stored, or safe on disk. */
  append(batch: BatchBytes): Promise<Outcome>;
  close(): Promise<void>;
}
