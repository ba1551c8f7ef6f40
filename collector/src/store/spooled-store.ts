import { errorMessage } from '../errors.js';
import { reportsOf } from '../reports/batch.js';
import type { BatchBytes } from '../reports/batch.js';
import { Backoff } from './backoff.js';
import type { Spool } from './spool.js';
import type { Outcome, Store } from './store.js';

/** How long it waits before it tries again, in milliseconds: at first, and at most. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

/** What a spooled store is told about its surroundings. */
export interface SpoolOptions {
  /** Called with what became of reports that have waited in the spool. */
  readonly onSettled: (outcomes: readonly Outcome[]) => void;
  /** Called when the store goes away, with the reason, and when it is back and nothing waits any more. */
  readonly onAway: (problem: string | undefined) => void;
}

/**
 * Stores batches in a store, and while that is away, in a spool, from which they are stored later. Whatever goes wrong, it is the
 * store that is away: batches were checked before, and what cannot be read in them is refused by the store.
 */
export class SpooledStore implements Pick<Store, 'append'> {
  /** The reason why the store cannot be reached, if it cannot. */
  private away: string | undefined;
  private draining: Promise<void> | undefined;
  private isClosing = false;
  private readonly backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);

  constructor(
    private readonly store: Pick<Store, 'append'>,
    private readonly spool: Spool,
    private readonly options: SpoolOptions,
  ) {}

  /** Begins to store what the process before has left. `problem` says why the store cannot be reached now, if so. */
  start(problem?: string): void {
    if (problem !== undefined) this.goAway(problem);
    else if (this.spool.reports > 0) this.draining ??= this.drain();
  }

  /** Rejects with an `Error` if the store is away and the spool is full. */
  async append(batches: readonly BatchBytes[]): Promise<readonly Outcome[]> {
    if (this.away === undefined && !this.isClosing) {
      try {
        return await this.store.append(batches);
      } catch (error) {
        this.spool.add(batches);
        this.goAway(errorMessage(error));
      }
    } else this.spool.add(batches);
    return batches.map((batch) => ({
      ...{ kept: 0, duplicates: 0, conflicts: 0, refused: 0 },
      spooled: reportsOf(batch),
    }));
  }

  /** Stops trying. What waits stays in the spool. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.backoff.end();
    await this.draining;
    this.spool.close();
  }

  private goAway(problem: string): void {
    this.away = problem;
    this.options.onAway(problem);
    this.draining ??= this.drain();
  }

  /** Stores what is in the spool, the oldest first, until nothing is left. */
  private async drain(): Promise<void> {
    for (;;) {
      if (this.away !== undefined && !this.isClosing) await this.backoff.wait();
      if (this.isClosing) break;
      const taken = this.spool.take();
      // With nothing to store, an empty batch finds out if the store is there.
      const batches = taken?.batches ?? [];
      try {
        const outcomes = await this.store.append(batches);
        if (taken !== undefined) {
          this.spool.done(taken);
          this.options.onSettled(outcomes);
        }
        this.away = undefined;
        this.backoff.reset();
        if (this.spool.reports === 0) break;
      } catch (error) {
        this.away = errorMessage(error);
        this.options.onAway(this.away);
      }
    }
    this.draining = undefined;
    if (this.away === undefined) this.options.onAway(undefined);
  }
}
