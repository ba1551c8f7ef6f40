import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CollectorError, errorMessage } from '../errors.js';
import { settings } from '../settings.js';
import { openDriver } from './driver.js';
import type { Driver, Row, Statement } from './driver.js';
import type { Store, TaskPage, TraceEvent } from './store.js';

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS events (
    task TEXT NOT NULL,
    event TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    process TEXT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (task, event)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tasks (
    task TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    events INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tasks_by_last ON tasks (last DESC, task);
`;

/** The largest timestamp that is stored, in microseconds before or after 1970: about 285 years. */
const MAX_TIMESTAMP = Number.MAX_SAFE_INTEGER;

/** How long a call waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** The embedded store: one file, one row per event. Task summaries are updated as events arrive. */
export class SqliteStore implements Store {
  private readonly insert: Statement;
  private readonly count: Statement;
  private closed = false;

  private constructor(private readonly driver: Driver) {
    driver.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};`);
    driver.exec(SCHEMA);
    this.insert = driver.prepare(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?) ON CONFLICT (task, event) DO NOTHING',
    );
    this.count = driver.prepare(`
      INSERT INTO tasks VALUES (?, ?, 1, ?, ?)
      ON CONFLICT (task) DO UPDATE SET
        events = events + 1,
        title = CASE WHEN excluded.first < first THEN excluded.title ELSE title END,
        first = min(first, excluded.first),
        last = max(last, excluded.last)
    `);
  }

  /** Opens the store in a file, or in memory for `:memory:`. Throws `TL_STORE_UNAVAILABLE`. */
  static async open(file: string): Promise<SqliteStore> {
    try {
      if (file === settings.store.fallback) mkdirSync(dirname(file), { recursive: true });
      return new SqliteStore(await openDriver(file));
    } catch (error) {
      throw new CollectorError(
        'TL_STORE_UNAVAILABLE',
        `Cannot open the store "${file}": ${errorMessage(error)}. Use a file of its own in an existing, writable folder.`,
        { cause: error },
      );
    }
  }

  async append(events: readonly TraceEvent[]): Promise<number> {
    let added = 0;
    this.driver.exec('BEGIN IMMEDIATE');
    try {
      for (const event of events) added += this.insertEvent(event);
      this.driver.exec('COMMIT');
    } catch (error) {
      this.driver.exec('ROLLBACK');
      throw error;
    }
    return added;
  }

  async task(taskId: string): Promise<TraceEvent[]> {
    const rows = this.driver
      .prepare('SELECT * FROM events WHERE task = ? ORDER BY timestamp, event')
      .all(taskId);
    return rows.map(eventOf);
  }

  async tasks({ offset, limit }: { offset: number; limit: number }): Promise<TaskPage> {
    const rows = this.driver
      .prepare('SELECT * FROM tasks ORDER BY last DESC, task LIMIT ? OFFSET ?')
      .all(limit, offset);
    const [{ total }] = this.driver.prepare('SELECT count(*) AS total FROM tasks').all() as [Row];
    const processes = this.driver.prepare(
      'SELECT process FROM events WHERE task = ? GROUP BY process ORDER BY min(timestamp) LIMIT 20',
    );
    return {
      total: total as number,
      tasks: rows.map((row) => ({
        taskId: row['task'] as string,
        title: row['title'] as string,
        events: row['events'] as number,
        processes: processes.all(row['task']!).map(({ process }) => process as string),
        firstEvent: row['first'] as number,
        lastEvent: row['last'] as number,
      })),
    };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.driver.close();
  }

  private insertEvent(event: TraceEvent): number {
    const { taskId, eventId, timestamp, label, processName = '', ...rest } = event;
    // A wrong clock must not store a number that SQLite cannot return as a JavaScript number.
    const time = Math.max(-MAX_TIMESTAMP, Math.min(MAX_TIMESTAMP, timestamp));
    const report = JSON.stringify({ label, ...(processName && { processName }), ...rest });
    const added = this.insert.run(taskId, eventId, time, withoutNul(processName), report);
    if (added > 0) this.count.run(taskId, withoutNul(label), time, time);
    return added;
  }
}

/** Replaces NUL characters: some SQLite versions cut strings at them. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\u2400');
}

function eventOf(row: Row): TraceEvent {
  const report = JSON.parse(row['report'] as string) as Omit<TraceEvent, 'taskId'>;
  return {
    ...report,
    taskId: row['task'] as string,
    eventId: row['event'] as string,
    timestamp: row['timestamp'] as number,
  };
}
