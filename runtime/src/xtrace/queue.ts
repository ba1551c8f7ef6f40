import { concatenated, withoutFirst } from './batch.js';
import type { Batch } from './batch.js';
import { DEFAULT_LIMIT } from './early-reports.js';
import type { EarlyReports } from './early-reports.js';
import type { Report } from './report.js';
import { ReportBuffer } from './report-writer.js';

/** How many bytes are encoded before they are put aside. A browser sends no more after the end of a page. */
export const BLOCK_BYTES = 60_000;

/**
 * A bounded queue of reports to send. When it is full, the oldest report is dropped and counted.
 *
 *   put = sent + dropped + inFlight + size
 *
 * A report is encoded when it is put in, while everything it has is at hand. As objects, reports would outlive collections of
 * young garbage, which costs a program more than encoding does.
 */
export class ReportQueue {
  /** The newest reports. */
  private readonly newest = new ReportBuffer();
  private newestCount = 0;
  /** The others, the oldest first. */
  private blocks: Batch[] = [];
  private blocksCount = 0;
  put = 0;
  /** How many reports the collector has acknowledged, or the operating system has taken where nobody acknowledges. */
  sent = 0;
  dropped = 0;
  /** How many reports were taken from the queue and neither sent nor put back so far. */
  inFlight = 0;
  limit = DEFAULT_LIMIT;

  /** Returns a queue that goes on with what waits in another one. */
  static after(early: EarlyReports | ReportQueue, limit = early.limit): ReportQueue {
    // Not by the class: another copy of this package may have made it.
    if ('putBack' in early) {
      early.limit = limit;
      return early;
    }
    const queue = new ReportQueue();
    queue.limit = limit;
    const reports = early.take();
    queue.put = queue.dropped = early.put - reports.length;
    for (const report of reports) queue.push(report);
    return queue;
  }

  /** How many reports wait. */
  get size(): number {
    return this.blocksCount + this.newestCount;
  }

  push(report: Report): void {
    const before = this.newest.length;
    this.newest.append(report);
    if (before > 0 && this.newest.length > BLOCK_BYTES) {
      this.newest.length = before;
      this.putAside();
      this.newest.append(report);
    }
    this.put++;
    this.newestCount++;
    if (this.size > this.limit) this.dropOldest(this.size - this.limit);
  }

  /** Removes and returns the oldest block, and those behind it while all have `maxBytes`. End with `confirm`, `drop` or `putBack`. */
  take(maxBytes = BLOCK_BYTES): Batch {
    this.putAside();
    const taken: Uint8Array[] = [];
    let [count, length] = [0, 0];
    for (const block of this.blocks) {
      length += block.bytes.length;
      if (length > maxBytes && count > 0) break;
      count += block.count;
      taken.push(block.bytes);
    }
    this.blocks.splice(0, taken.length);
    this.blocksCount -= count;
    this.inFlight += count;
    return { bytes: taken.length === 1 ? taken[0]! : concatenated(taken), count };
  }

  /** Counts reports as sent. */
  confirm({ count }: Batch): void {
    this.inFlight -= count;
    this.sent += count;
  }

  /** Counts reports that were taken, and can never be sent. */
  drop({ count }: Batch): void {
    this.inFlight -= count;
    this.dropped += count;
  }

  /** Puts reports that could not be sent back at the front. If they do not fit, the oldest are dropped. */
  putBack(batch: Batch): void {
    this.inFlight -= batch.count;
    if (batch.count > 0) this.blocks.unshift(batch);
    this.blocksCount += batch.count;
    if (this.size > this.limit) this.dropOldest(this.size - this.limit);
  }

  private putAside(): void {
    if (this.newestCount === 0) return;
    this.blocks.push({ bytes: this.newest.take(), count: this.newestCount });
    this.blocksCount += this.newestCount;
    this.newestCount = 0;
  }

  private dropOldest(excess: number): void {
    this.dropped += excess;
    while (excess > 0) {
      if (this.blocks.length === 0) this.putAside();
      const oldest = this.blocks[0]!;
      const fewer = Math.min(excess, oldest.count);
      if (fewer === oldest.count) this.blocks.shift();
      else this.blocks[0] = withoutFirst(oldest, fewer);
      this.blocksCount -= fewer;
      excess -= fewer;
    }
  }
}
