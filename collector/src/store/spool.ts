import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CollectorError, errorMessage } from '../errors.js';
import { reportsOf } from '../reports/batch.js';
import type { BatchBytes } from '../reports/batch.js';
import { openDriver, rollBack } from './driver.js';
import type { Driver, Statement } from './driver.js';

/** How many bytes of batches are taken at once, unless one batch has more. */
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Batches that were taken from a spool, the oldest first, and the number of the last one. */
export interface Taken {
  readonly batches: readonly BatchBytes[];
  readonly last: number;
}

/** A file in which batches wait, in the order in which they came. What is in it survives the process. */
export class Spool {
  private readonly insert: Statement;
  private readonly select: Statement;
  private readonly remove: Statement;
  private bytes: number;
  private waiting: number;

  private constructor(
    private readonly driver: Driver,
    private readonly maxBytes: number,
  ) {
    this.insert = driver.prepare('INSERT INTO batches (batch, reports) VALUES (?, ?)');
    this.select = driver.prepare(
      'SELECT number, batch FROM batches WHERE number > ? ORDER BY number LIMIT 1',
    );
    this.remove = driver.prepare('DELETE FROM batches WHERE number <= ?');
    const [sums] = driver
      .prepare(
        'SELECT ifnull(sum(length(batch)), 0) AS bytes, ifnull(sum(reports), 0) AS reports FROM batches',
      )
      .all();
    this.bytes = sums!['bytes'] as number;
    this.waiting = sums!['reports'] as number;
  }

  /** Opens the file, which no other process may have open. Throws `TL_STORE_UNAVAILABLE`. */
  static open(file: string, maxBytes: number): Spool {
    let driver: Driver | undefined;
    try {
      mkdirSync(dirname(file), { recursive: true });
      driver = openDriver(file);
      // Before anything is written: the file is to become small again.
      driver.exec('PRAGMA auto_vacuum = FULL;');
      // Two collectors must not send the same batches on.
      driver.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;');
      driver.exec('PRAGMA synchronous = NORMAL;');
      driver.exec(
        'CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY, batch BLOB NOT NULL, reports INTEGER NOT NULL)',
      );
      return new Spool(driver, maxBytes);
    } catch (error) {
      driver?.close();
      throw new CollectorError(
        'TL_STORE_UNAVAILABLE',
        `Cannot open the spool "${file}", where reports wait while the store is away: ${errorMessage(error)}. Each collector needs a file of its own: set "spool" to another one.`,
        { cause: error },
      );
    }
  }

  /** How many reports wait in it. */
  get reports(): number {
    return this.waiting;
  }

  /** Adds batches, all of them or none. Throws an `Error` if the spool, or the disk, is full. */
  add(batches: readonly BatchBytes[]): void {
    const size = batches.reduce((sum, { length }) => sum + length, 0);
    if (this.bytes + size > this.maxBytes) {
      throw new Error(`the spool is full: it may have ${this.maxBytes} bytes`);
    }
    const counts = batches.map(reportsOf);
    this.driver.exec('BEGIN');
    try {
      for (const [i, batch] of batches.entries()) this.insert.run(batch, counts[i]!);
      this.driver.exec('COMMIT');
    } catch (error) {
      rollBack(this.driver);
      throw error;
    }
    this.bytes += size;
    this.waiting += counts.reduce((sum, count) => sum + count, 0);
  }

  /** Returns the oldest batches, or nothing if there are none. They stay until they are removed. */
  take(): Taken | undefined {
    const batches: BatchBytes[] = [];
    let last = 0;
    for (let bytes = 0; bytes < BYTES_AT_ONCE;) {
      const [row] = this.select.all(last);
      if (row === undefined) break;
      const batch = row['batch'] as Uint8Array;
      batches.push(batch);
      bytes += batch.length;
      last = row['number'] as number;
    }
    return batches.length > 0 ? { batches, last } : undefined;
  }

  /** Removes what was taken. */
  done({ batches, last }: Taken): void {
    this.remove.run(last);
    for (const batch of batches) {
      this.bytes -= batch.length;
      this.waiting -= reportsOf(batch);
    }
  }

  close(): void {
    this.driver.close();
  }
}
