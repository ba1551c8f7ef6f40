import type { Driver } from './driver.js';

/** The application id of our files in their header: "THLN" (SQLite, "PRAGMA application_id"). */
const APPLICATION_ID = 0x54484c4e;
/** The version of the schema below (`PRAGMA user_version`). */
const VERSION = 2;

/** How long a call waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT_MS = 1000;

const TABLES = `
  -- Texts that come again and again, by number.
  CREATE TABLE texts (number INTEGER PRIMARY KEY, text BLOB NOT NULL);
  CREATE TABLE tasks (
    number INTEGER PRIMARY KEY,
    low BLOB NOT NULL,          -- the lower 64 bits of the id, the lowest byte first
    upper BLOB,                 -- the upper 64 bits, if a report had them
    title TEXT NOT NULL,
    title_event BLOB NOT NULL,  -- the event that the title is of
    title_time INTEGER NOT NULL,
    events INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    first INTEGER NOT NULL,     -- microseconds since 1970
    last INTEGER NOT NULL,
    processes TEXT NOT NULL,    -- JSON: names, each with its first event's time
    tags TEXT NOT NULL DEFAULT '[]', -- JSON: names
    ended INTEGER               -- when the operation ended that begins the task
  );
  CREATE INDEX tasks_by_id ON tasks (low, upper);
  CREATE INDEX tasks_by_last ON tasks (last DESC, number);
  -- Events in the order in which they came, many in a row. Their form is that of segment-codec.ts.
  CREATE TABLE segments (
    number INTEGER PRIMARY KEY,
    task INTEGER NOT NULL,
    count INTEGER NOT NULL,
    ids BLOB NOT NULL,
    events BLOB NOT NULL
  );
  CREATE INDEX segments_by_task ON segments (task, number);
  CREATE TABLE totals (
    tasks INTEGER NOT NULL,
    events INTEGER NOT NULL,
    evicted_tasks INTEGER NOT NULL,
    evicted_events INTEGER NOT NULL
  );
  INSERT INTO totals VALUES (0, 0, 0, 0);
`;

/** The contents of a file before it is prepared. */
export type Contents = 'empty' | 'current' | 'version 0' | 'version 1';

/**
 * Prepares a connection, and finds out what its file is. Throws an `Error` for a file of another program, which is left as it is, and
 * for one of a later version.
 */
export function prepare(driver: Driver): Contents {
  driver.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};`);
  const contents = contentsOf(driver);
  driver.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;',
  );
  return contents;
}

/** Creates the tables. Call it inside a transaction. */
export function createTables(driver: Driver): void {
  driver.exec(TABLES);
  driver.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION};`);
}

/** Brings a file of version 1, whose tasks had neither tags nor an end, to the current version. Call it inside a transaction. */
export function addColumns(driver: Driver): void {
  driver.exec("ALTER TABLE tasks ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';");
  driver.exec('ALTER TABLE tasks ADD COLUMN ended INTEGER;');
  driver.exec(`PRAGMA user_version = ${VERSION};`);
}

/** Finds out what a file is, without a change of it. */
export function contentsOf(driver: Driver): Contents {
  const application = driver.pragma('application_id');
  const version = driver.pragma('user_version');
  if (application === APPLICATION_ID) {
    if (version === VERSION) return 'current';
    if (version === 1) return 'version 1';
    throw new Error(`it has version ${version} of the schema, and this collector knows ${VERSION}`);
  }
  const tables = driver.prepare('SELECT name FROM sqlite_schema ORDER BY name').all();
  if (tables.length === 0 && application === 0 && version === 0) return 'empty';
  const names = tables.map(({ name }) => String(name)).join();
  if (application === 0 && version === 0 && names === TABLES_OF_VERSION_0) return 'version 0';
  throw new Error('it is a database of another program');
}

/** Files of the first collectors have neither an application id nor a version. */
const TABLES_OF_VERSION_0 = 'events,tasks,tasks_by_last';
