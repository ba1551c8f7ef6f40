import type { Report } from './report.js';

/** How many reports wait for a connection before the oldest is dropped. */
export const DEFAULT_LIMIT = 100_000;

/**
 * Reports on their way out. Bounded: when it is full the oldest goes, and is counted.
 *
 *   put = taken + dropped + waiting
 */
export class ReportQueue {
  private waiting: Report[] = [];
  private start = 0;
  put = 0;
  taken = 0;
  dropped = 0;
  limit = DEFAULT_LIMIT;

  get size(): number {
    return this.waiting.length - this.start;
  }

  push(report: Report): void {
    this.put++;
    this.waiting.push(report);
    const excess = this.size - this.limit;
    if (excess <= 0) return;
    this.start += excess;
    this.dropped += excess;
    this.compact();
  }

  /** The oldest reports, at most `most` of them. */
  take(most: number): Report[] {
    const batch = this.waiting.slice(this.start, this.start + most);
    this.start += batch.length;
    this.taken += batch.length;
    this.compact();
    return batch;
  }

  /** Puts back what could not be sent, ahead of the rest; what no longer fits is dropped. */
  putBack(batch: readonly Report[]): void {
    const room = Math.max(0, this.limit - this.size);
    const kept = batch.slice(Math.max(0, batch.length - room));
    this.waiting = [...kept, ...this.waiting.slice(this.start)];
    this.start = 0;
    this.taken -= batch.length;
    this.dropped += batch.length - kept.length;
  }

  /** Shifting an array of this size at every report would cost more than all the rest. */
  private compact(): void {
    if (this.start < 1024 || this.start * 2 < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.start);
    this.start = 0;
  }
}
