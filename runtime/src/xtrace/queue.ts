import type { Report } from './report.js';
import type { Batch } from './report-writer.js';

/** The default of `limit`: how many reports wait before the oldest is dropped. */
export const DEFAULT_LIMIT = 100_000;

/**
 * A bounded queue of reports to send. When it is full, the oldest report is dropped and counted.
 *
 *   put = sent + dropped + inFlight + size
 */
export class ReportQueue {
  private waiting: Report[] = [];
  private start = 0;
  put = 0;
  /** How many reports the collector has acknowledged, or the operating system has taken where nobody acknowledges. */
  sent = 0;
  dropped = 0;
  /** How many reports were taken from the queue and neither sent nor put back so far. */
  inFlight = 0;
  limit = DEFAULT_LIMIT;

  /** How many reports wait. */
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

  /** Removes and returns the oldest reports, at most `most` of them. End with `confirm` or `putBack`. */
  take(most: number): readonly Report[] {
    const batch = this.waiting.slice(this.start, this.start + most);
    this.start += batch.length;
    this.inFlight += batch.length;
    this.compact();
    return batch;
  }

  /**
   * Encodes the oldest reports, at most `most` of them, and removes those that the encoding has taken in. End with `confirm`, `drop`
   * or `putBack`.
   */
  takeEncoded(
    most: number,
    encode: (reports: readonly Report[]) => Batch,
  ): { readonly bytes: Uint8Array; readonly batch: readonly Report[] } {
    const { bytes, count } = encode(this.waiting.slice(this.start, this.start + most));
    return { bytes, batch: this.take(count) };
  }

  /** Counts reports as sent. */
  confirm(batch: readonly Report[]): void {
    this.inFlight -= batch.length;
    this.sent += batch.length;
  }

  /** Counts reports that were taken, and can never be sent. */
  drop(batch: readonly Report[]): void {
    this.inFlight -= batch.length;
    this.dropped += batch.length;
  }

  /** Puts reports that could not be sent back at the front. If they do not fit, the oldest are dropped. */
  putBack(batch: readonly Report[]): void {
    const room = Math.max(0, this.limit - this.size);
    const kept = batch.slice(Math.max(0, batch.length - room));
    this.waiting = [...kept, ...this.waiting.slice(this.start)];
    this.start = 0;
    this.inFlight -= batch.length;
    this.dropped += batch.length - kept.length;
  }

  /** Removes the taken reports from the array, rarely: shifting an array of this size per report is too slow. */
  private compact(): void {
    if (this.start < 1024 || this.start * 2 < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.start);
    this.start = 0;
  }
}
