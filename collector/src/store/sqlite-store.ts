import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CollectorError, errorMessage } from '../errors.js';
import { isEventCondition } from '../search/event-condition.js';
import type { TaskCondition } from '../search/task-query.js';
import type { BatchBytes } from '../reports/batch.js';
import { settings } from '../settings.js';
import { openDriver, rollBack } from './driver.js';
import type { Driver } from './driver.js';
import type { Limits } from './eviction.js';
import { jsonParts } from './json-parts.js';
import { migrate } from './migrate.js';
import { addColumns, contentsOf, createTables, prepare } from './schema.js';
import { SegmentReader } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';
import type { Outcome, Store, StoreSize, TaskHistogram, TaskPage, TaskRange } from './store.js';
import type { TraceEvent } from '../reports/trace-event.js';

/** The messages of SQLite's errors that are gone when the disk or the file is free again (SQLite, "Result and Error Codes"). */
const PASSING =
  /database is locked|database table is locked|is full|disk I\/O error|readonly database|unable to open/;

/** The embedded store: one file of SQLite. Its calls block, so a collector runs it in a thread of its own. */
export class SqliteStore implements Store {
  private readonly writer: SegmentWriter;
  private readonly reader: SegmentReader;
  private closed = false;

  private constructor(private readonly driver: Driver) {
    this.writer = new SegmentWriter(driver);
    this.reader = new SegmentReader(driver);
  }

  /** Opens the store in a file, or in memory for `:memory:`. Throws `TL_STORE_UNAVAILABLE`. */
  static async open(file: string): Promise<SqliteStore> {
    let driver: Driver | undefined;
    try {
      if (file === settings.store.fallback) mkdirSync(dirname(file), { recursive: true });
      driver = openDriver(file);
      fill(driver);
      return new SqliteStore(driver);
    } catch (error) {
      driver?.close();
      throw new CollectorError(
        'TL_STORE_UNAVAILABLE',
        `Cannot open the store "${file}": ${errorMessage(error)}. Use a file of its own in an existing, writable folder.`,
        { cause: error },
      );
    }
  }

  /** Returns true if an error of `append` passes: the disk is full, or another process holds the file. */
  static isPassing(error: unknown): boolean {
    return PASSING.test(errorMessage(error));
  }

  async append(batches: readonly BatchBytes[]): Promise<readonly Outcome[]> {
    return this.transaction(() => this.writer.write(batches));
  }

  async task(taskId: string): Promise<TraceEvent[]> {
    return this.snapshot(() => this.reader.task(taskId));
  }

  async taskJson(taskId: string): Promise<readonly Uint8Array[]> {
    return jsonParts(await this.task(taskId));
  }

  async sliceJson(taskId: string, after: string, limit: number): Promise<Uint8Array | undefined> {
    const slice = this.snapshot(() => this.reader.slice(taskId, after, limit));
    return slice && Buffer.from(JSON.stringify(slice));
  }

  async tasks(range: TaskRange): Promise<TaskPage> {
    await this.reader.search.prepare((range.where ?? []).filter(isEventCondition));
    return this.snapshot(() => this.reader.tasks(range));
  }

  async histogram(
    where: readonly TaskCondition[],
    parts: number,
  ): Promise<TaskHistogram | undefined> {
    await this.reader.search.prepare(where.filter(isEventCondition));
    return this.snapshot(() => this.reader.histogram(where, parts));
  }

  async size(): Promise<StoreSize> {
    return this.reader.size();
  }

  /** Removes a part of the tasks that are too old or too much (`eviction.ts`). Returns true if there is more to remove. */
  evict(limits: Limits): boolean {
    return this.transaction(() => this.writer.evict(limits, () => this.reader.size().bytes));
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.driver.close();
  }

  /** Reads everything as it is at one moment. */
  private snapshot<T>(read: () => T): T {
    this.driver.exec('BEGIN');
    try {
      return read();
    } finally {
      this.driver.exec('COMMIT');
    }
  }

  private transaction<T>(work: () => T): T {
    this.driver.exec('BEGIN IMMEDIATE');
    try {
      this.writer.begin();
      const result = work();
      this.driver.exec('COMMIT');
      this.writer.committed();
      return result;
    } catch (error) {
      this.writer.rolledBack();
      rollBack(this.driver);
      throw error;
    }
  }
}

/** Creates what a file does not have yet. */
function fill(driver: Driver): void {
  if (prepare(driver) === 'current') return;
  driver.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have done it while this one waited.
    const contents = contentsOf(driver);
    if (contents === 'empty') createTables(driver);
    if (contents === 'version 0') migrate(driver);
    if (contents === 'version 1') addColumns(driver);
    driver.exec('COMMIT');
  } catch (error) {
    rollBack(driver);
    throw error;
  }
}
