import { decodeReport } from '@throughline/runtime/report';
import { sentence } from '../errors.js';
import type { Store, TraceEvent } from '../store/store.js';

/** How many events are kept in one transaction. */
const BATCH = 2000;

/**
 * What became of every report that arrived:
 *
 *   received = kept + duplicates + refused + lost + waiting
 */
export interface Counters {
  received: number;
  kept: number;
  /** Sent again, and kept the first time. */
  duplicates: number;
  /** Not readable as a report. */
  refused: number;
  /** Given up because the store failed. */
  lost: number;
  waiting: number;
}

/**
 * The one path an event takes into the store, whatever protocol it came by: decode, check, count,
 * keep. The sender is not kept waiting for the disk.
 */
export class Acceptor {
  private waiting: TraceEvent[] = [];
  private scheduled = false;
  private writing: Promise<void> = Promise.resolve();
  private readonly counts = { received: 0, kept: 0, duplicates: 0, refused: 0, lost: 0 };
  /** The last refusal or failure, for `/health`. */
  lastProblem: string | undefined;

  constructor(private readonly store: Store) {}

  get counters(): Counters {
    const { received, kept, duplicates, refused, lost } = this.counts;
    return { ...this.counts, waiting: received - kept - duplicates - refused - lost };
  }

  /** Takes the bytes of one report. Bad ones are counted and said, and hurt nobody else. */
  acceptBytes(bytes: Uint8Array): void {
    let event: TraceEvent;
    try {
      event = decodeReport(bytes);
    } catch (error) {
      this.counts.received++;
      this.counts.refused++;
      this.lastProblem = `a report was refused: ${sentence(error)}`;
      return;
    }
    this.accept(event);
  }

  /** Takes an event that was read and checked elsewhere. */
  accept(event: TraceEvent): void {
    this.counts.received++;
    this.waiting.push(event);
    this.schedule();
  }

  /** Resolves when everything that was accepted so far is in the store, or counted as lost. */
  async settled(): Promise<void> {
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
    if (batch.length > 0) this.writing = this.writing.then(() => this.keep(batch));
    return this.writing;
  }

  private async keep(batch: readonly TraceEvent[]): Promise<void> {
    try {
      const added = await this.store.append(batch);
      this.counts.kept += added;
      this.counts.duplicates += batch.length - added;
    } catch (error) {
      this.counts.lost += batch.length;
      this.lastProblem = `${batch.length} events were lost: ${sentence(error)}`;
      console.error(`throughline: ${this.lastProblem}`);
    }
  }
}
