import { CollectorError, errorMessage } from '../errors.js';
import type { BatchBytes } from '../reports/batch.js';
import type { TaskCondition } from '../search/task-query.js';
import { jsonParts } from '../store/json-parts.js';
import { withoutPassword } from '../store/location.js';
import type {
  Outcome,
  Store,
  StoreSize,
  TaskHistogram,
  TaskPage,
  TaskRange,
} from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { Connection, isPassing, isWithoutTables, problemOf } from './connection.js';
import { EventReader } from './event-reader.js';
import { EventWriter } from './event-writer.js';
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
    this.connection = connectionTo(location);
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

  async append(batches: readonly BatchBytes[]): Promise<readonly Outcome[]> {
    return this.withTables(() => this.writer.write(batches));
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
    try {
      return await this.withTables(read);
    } catch (error) {
      if (error instanceof CollectorError) throw error;
      throw new CollectorError(
        'TL_STORE_UNAVAILABLE',
        `The store "${withoutPassword(this.location)}" did not answer: ${problemOf(error)}.`,
        { cause: error },
      );
    }
  }

  /** Makes the tables first, and the next time, too, if they are gone. */
  private async withTables<T>(work: () => Promise<T>): Promise<T> {
    await this.prepare();
    try {
      return await work();
    } catch (error) {
      if (isWithoutTables(error)) this.isPrepared = false;
      throw error;
    }
  }
}

/** Throws `TL_SETTING_INVALID` for a location that the client does not take. */
function connectionTo(location: string): Connection {
  try {
    return new Connection(location);
  } catch (error) {
    throw new CollectorError(
      'TL_SETTING_INVALID',
      `Setting "store" is not a location of a ClickHouse server, "${withoutPassword(location)}": ${errorMessage(error)}. It looks like clickhouse://user:password@host:8123/database, with signs such as %, / and @ in the password written as %25, %2F and %40.`,
    );
  }
}
