import type { Report } from './report.js';

/** The default of `limit`: how many reports wait before the oldest is dropped. */
export const DEFAULT_LIMIT = 100_000;

/** The reports of a program that is not connected: the latest of them. Programs that never connect need not have what encodes them. */
export class EarlyReports {
  private reports: Report[] = [];
  put = 0;
  dropped = 0;
  readonly sent = 0;
  readonly inFlight = 0;
  limit = DEFAULT_LIMIT;

  /** How many reports wait. */
  get size(): number {
    return Math.min(this.reports.length, this.limit);
  }

  push(report: Report): void {
    this.put++;
    if (this.reports.push(report) > this.limit) this.dropped++;
    // Not for each report: this array is long.
    if (this.reports.length > this.limit * 2) this.reports = this.reports.slice(-this.limit);
  }

  /** Removes and returns all of them. */
  take(): readonly Report[] {
    const taken = this.limit > 0 ? this.reports.slice(-this.limit) : [];
    this.reports = [];
    return taken;
  }
}
