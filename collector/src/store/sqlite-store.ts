import { CollectorError, sentence } from '../errors.js';
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

/** The furthest times that are kept, in microseconds from 1970: about 285 years either way. */
const FURTHEST = Number.MAX_SAFE_INTEGER;

/** How often a call waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** The embedded store: one file, one row an event; tasks are counted as their events come in. */
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

  static async open(file: string): Promise<SqliteStore> {
    try {
      return new SqliteStore(await openDriver(file));
    } catch (error) {
      throw new CollectorError(
        'STORE_UNAVAILABLE',
        `The store "${file}" cannot be opened: ${sentence(error)}. Name a file of its own, in a folder that exists and can be written to.`,
        { cause: error },
      );
    }
  }

  async append(events: readonly TraceEvent[]): Promise<number> {
    let added = 0;
    this.driver.exec('BEGIN IMMEDIATE');
    try {
      for (const event of events) added += this.keep(event);
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

  private keep(event: TraceEvent): number {
    const { taskId, eventId, timestamp, label, processName = '', ...rest } = event;
    // A clock that is far off must not make a number that nobody can read back.
    const time = Math.max(-FURTHEST, Math.min(FURTHEST, timestamp));
    const report = JSON.stringify({ label, ...(processName && { processName }), ...rest });
    const added = this.insert.run(taskId, eventId, time, column(processName), report);
    if (added > 0) this.count.run(taskId, column(label), time, time);
    return added;
  }
}

/** Text that SQLite can be asked for: not every version gives back what follows a NUL. */
function column(text: string): string {
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
