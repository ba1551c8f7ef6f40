import { CollectorError } from '../errors.js';
import type { BatchBytes } from '../reports/batch.js';
import type { TaskCondition } from '../search/task-query.js';
import { jsonParts } from '../store/json-parts.js';
import type {
  Outcome,
  Store,
  StoreSize,
  TaskHistogram,
  TaskPage,
  TaskRange,
} from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { Connection, isPassing, problemOf } from './connection.js';
import { EventReader } from './event-reader.js';
import { EventWriter } from './event-writer.js';
import { withoutPassword } from './location.js';
import { prepare } from './schema.js';

/** A store in ClickHouse, which several collectors may have in common. */
export class ClickHouseStore implements Store {
  private readonly connection: Connection;
  private readonly writer: EventWriter;
  private readonly reader: EventReader;
  private isPrepared = false;

  /** `location` is `clickhouse://user:password@host:8123/database`. Events that are older than `maxAgeMs` are removed by the server. */
  constructor(
    private readonly location: string,
    private readonly maxAgeMs: number,
  ) {
    this.connection = new Connection(location);
    this.writer = new EventWriter(this.connection);
    this.reader = new EventReader(this.connection);
  }

  /** Makes the tables where they are missing. Throws `TL_STORE_UNAVAILABLE`. */
  async prepare(): Promise<void> {
    if (this.isPrepared) return;
    try {
      await prepare(this.connection, this.maxAgeMs);
      this.isPrepared = true;
    } catch (error) {
      throw new CollectorError(
        'TL_STORE_UNAVAILABLE',
        `Cannot use the store "${withoutPassword(this.location)}": ${problemOf(error)}. It must be a ClickHouse server that answers over HTTP, with a database of its own.`,
        { cause: error },
      );
    }
  }

  /** Returns true if `prepare` may succeed later though nobody changes anything: the server is away for a while. */
  static isAway(error: unknown): boolean {
    return isPassing((error as Error).cause);
  }

  /** `isRetry`: the same batches may have been given before, to this store or to another one, and be there in part. */
  async append(batches: readonly BatchBytes[], isRetry = false): Promise<readonly Outcome[]> {
    await this.prepare();
    return this.writer.write(batches, isRetry);
  }

  async task(taskId: string): Promise<TraceEvent[]> {
    return this.ask(() => this.reader.task(taskId));
  }

  async taskJson(taskId: string): Promise<readonly Uint8Array[]> {
    return jsonParts(await this.task(taskId));
  }

  async sliceJson(taskId: string, after: string, limit: number): Promise<Uint8Array | undefined> {
    const slice = await this.ask(() => this.reader.slice(taskId, after, limit));
    return slice && Buffer.from(JSON.stringify(slice));
  }

  async tasks(range: TaskRange): Promise<TaskPage> {
    return this.ask(() => this.reader.tasks(range));
  }

  async histogram(
    where: readonly TaskCondition[],
    parts: number,
  ): Promise<TaskHistogram | undefined> {
    return this.ask(() => this.reader.histogram(where, parts));
  }

  async size(): Promise<StoreSize> {
    return this.ask(() => this.reader.size());
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Throws `TL_STORE_UNAVAILABLE` if the server does not answer. */
  private async ask<T>(read: () => Promise<T>): Promise<T> {
    await this.prepare();
    try {
      return await read();
    } catch (error) {
      throw new CollectorError(
        'TL_STORE_UNAVAILABLE',
        `The store "${withoutPassword(this.location)}" did not answer: ${problemOf(error)}.`,
        { cause: error },
      );
    }
  }
}
