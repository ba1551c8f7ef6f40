import { errorMessage } from '../errors.js';
import { reportsOf } from '../reports/batch.js';
import type { BatchBytes } from '../reports/batch.js';
import type { Outcome, Store } from '../store/store.js';
import { ChangeFeed } from './change-feed.js';

/**
 * Counts of what happened to each report received. Each is counted where it happens, so that the sum can be checked:
 *
 *   received = kept + duplicates + conflicts + refused + dropped + waiting
 */
export interface Counters {
  received: number;
  kept: number;
  /** Received again, and already kept. */
  duplicates: number;
  /** Not kept, because another event of the task has the same id. */
  conflicts: number;
  /** Not readable as a report. */
  refused: number;
  /** Not stored, because the collector ended while the store failed. */
  dropped: number;
  /** Not in the store yet: in memory, or on disk while the store is away. */
  waiting: number;
}

/** How many bytes of reports may wait for the store. */
const MAX_WAITING_BYTES = 24 * 1024 * 1024;

/** What a batch takes beside its bytes while it waits. */
const BATCH_OVERHEAD = 1024;

/**
 * Counts reports, passes them to the store, and says when they are stored. Every report takes this path, regardless of its
 * protocol.
 *
 * While too much waits it is full: callers stop reading from their peers until there is room.
 */
export class Acceptor {
  readonly counters: Counters = {
    ...{ received: 0, kept: 0, duplicates: 0, conflicts: 0, refused: 0, dropped: 0, waiting: 0 },
  };
  /** Message of the last refused report or failed write, for `/health`. */
  lastProblem: string | undefined;
  /** Tells that events were stored. */
  readonly changes = new ChangeFeed();
  private waitingBytes = 0;
  /** How many batches wait in memory. */
  private pending = 0;
  private readonly forRoom: (() => void)[] = [];
  private readonly forDrain: (() => void)[] = [];

  constructor(
    private readonly store: Pick<Store, 'append'>,
    private readonly maxWaitingBytes = MAX_WAITING_BYTES,
  ) {}

  /** True while the reports that wait are too many. A batch that comes nevertheless is taken. */
  get isFull(): boolean {
    return this.waitingBytes >= this.maxWaitingBytes;
  }

  /** Takes a batch. Resolves when its reports are stored; rejects if they could not be. The caller gives the bytes away. */
  async accept(batch: BatchBytes): Promise<Outcome> {
    const { counters } = this;
    const length = batch.length + BATCH_OVERHEAD;
    const received = reportsOf(batch);
    if (received === 0) return { kept: 0, duplicates: 0, conflicts: 0, refused: 0 };
    counters.received += received;
    counters.waiting += received;
    this.waitingBytes += length;
    this.pending++;
    try {
      const [outcome] = await this.store.append([batch]);
      this.count(outcome!);
      counters.waiting -= received - (outcome!.spooled ?? 0);
      return outcome!;
    } catch (error) {
      counters.dropped += received;
      counters.waiting -= received;
      this.lastProblem = `${received} reports were dropped: ${errorMessage(error)}`;
      throw error;
    } finally {
      this.waitingBytes -= length;
      this.pending--;
      this.tell();
    }
  }

  /** Counts reports that the process before has received, and that still wait on disk. */
  inherit(spooled: number): void {
    this.counters.received += spooled;
    this.counters.waiting += spooled;
  }

  /** Counts what became of reports that have waited on disk. */
  settle(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const { kept, duplicates, conflicts, refused } = outcome;
      this.count(outcome);
      this.counters.waiting -= kept + duplicates + conflicts + refused;
    }
  }

  /** Resolves as soon as it is not full. */
  room(): Promise<void> {
    return this.isFull ? new Promise((resolve) => this.forRoom.push(resolve)) : Promise.resolve();
  }

  /** Resolves when no report waits in memory. */
  drain(): Promise<void> {
    if (this.pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.forDrain.push(resolve));
  }

  private count({ kept, duplicates, conflicts, refused, problem }: Outcome): void {
    this.counters.kept += kept;
    this.counters.duplicates += duplicates;
    this.counters.conflicts += conflicts;
    this.counters.refused += refused;
    if (kept > 0) this.changes.changed();
    if (problem !== undefined) this.lastProblem = `a report was refused: ${problem}`;
    else if (conflicts > 0) {
      this.lastProblem = 'an event came again with other contents: the first one is kept';
    }
  }

  private tell(): void {
    if (!this.isFull) for (const tell of this.forRoom.splice(0)) tell();
    if (this.pending === 0) for (const tell of this.forDrain.splice(0)) tell();
  }
}
