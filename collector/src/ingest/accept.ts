import { errorMessage } from '../errors.js';
import { decodeReport } from './report-codec.js';
import type { Store, TraceEvent } from '../store/store.js';

/** Maximum number of events that one transaction stores. */
const BATCH = 2000;

/**
 * Counts of what happened to each report received:
 *
 *   received = kept + duplicates + refused + lost + waiting
 */
export interface Counters {
  received: number;
  kept: number;
  /** Received again, and already kept. */
  duplicates: number;
  /** Not readable as a report. */
  refused: number;
  /** Dropped because the store failed. */
  lost: number;
  /** Not in the store yet. */
  waiting: number;
}

/**
 * Decodes, checks, counts and stores events. Every event takes this path, regardless of its protocol.
 *
 * Events are written in the background, so the sender does not wait for the disk.
 */
export class Acceptor {
  private waiting: TraceEvent[] = [];
  /** How many events are being written. */
  private inFlight = 0;
  private scheduled = false;
  private writing: Promise<void> = Promise.resolve();
  private readonly counts = { received: 0, kept: 0, duplicates: 0, refused: 0, lost: 0 };
  /** Message of the last refused report or failed write, for `/health`. */
  lastProblem: string | undefined;
  /** True if the last write to the store failed. */
  isFailing = false;

  constructor(private readonly store: Store) {}

  get counters(): Counters {
    return { ...this.counts, waiting: this.waiting.length + this.inFlight };
  }

  /** Accepts the bytes of one report. A malformed report is counted and noted in `lastProblem`. */
  acceptBytes(bytes: Uint8Array): void {
    let event: TraceEvent;
    try {
      event = decodeReport(bytes);
    } catch (error) {
      this.counts.received++;
      this.counts.refused++;
      this.lastProblem = `a report was refused: ${errorMessage(error)}`;
      return;
    }
    this.accept(event);
  }

  /** Accepts an event that has already been decoded and checked. */
  accept(event: TraceEvent): void {
    this.counts.received++;
    this.waiting.push(event);
    this.schedule();
  }

  /** Resolves when every event accepted so far is in the store or counted as lost. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.scheduled) await this.write();
    await this.writing;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => void this.write());
  }

  private write(): Promise<void> {
    this.scheduled = false;
    const batch = this.waiting.splice(0, BATCH);
    if (this.waiting.length > 0) this.schedule();
    this.inFlight += batch.length;
    if (batch.length > 0) this.writing = this.writing.then(() => this.storeBatch(batch));
    return this.writing;
  }

  private async storeBatch(batch: readonly TraceEvent[]): Promise<void> {
    try {
      const added = await this.store.append(batch);
      this.counts.kept += added;
      this.counts.duplicates += batch.length - added;
      this.isFailing = false;
    } catch (error) {
      this.counts.lost += batch.length;
      this.isFailing = true;
      const events = batch.length === 1 ? '1 event was' : `${batch.length} events were`;
      this.lastProblem = `${events} lost: ${errorMessage(error)}`;
      console.error(`throughline: ${this.lastProblem}`);
    }
    this.inFlight -= batch.length;
  }
}
