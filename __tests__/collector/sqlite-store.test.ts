import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDriver } from '../../collector/src/store/driver';
import { SqliteStore } from '../../collector/src/store/sqlite-store';
import { ran, root } from '../harness/child';
import { hasNodeSqlite, withLibsql } from '../harness/sqlite';
import { encodeBatch } from '@throughline/runtime/report';
import type { Driver } from '../../collector/src/store/driver';
import { event, id } from '../harness/trace-events';
import { testStore } from './store-contract';

testStore('SQLite store over libsql', (file) => withLibsql(() => SqliteStore.open(file)));
if (hasNodeSqlite) testStore('SQLite store over node:sqlite', (file) => SqliteStore.open(file));

test('the driver is the one that the running Node has', async () => {
  const driver = pathToFileURL(join(root, 'collector', 'dist', 'esm', 'store', 'driver.js'));
  const program = `
    const { openDriver } = await import(${JSON.stringify(driver)});
    const own = openDriver(':memory:').name;
    process.getBuiltinModule = () => undefined;
    console.log(own, openDriver(':memory:').name);
  `;

  expect(await ran(['--input-type=module', '-e', program])).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: `${hasNodeSqlite ? 'node:sqlite' : 'libsql'} libsql\n`,
  });
});

test('loading a driver leaves the warnings of the program alone', async () => {
  const { emitWarning } = process;
  openDriver(':memory:').close();

  expect(process.emitWarning).toBe(emitWarning);
});

describe('a file that cannot be opened is named, with what to do', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'throughline-store-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['is in a folder that does not exist', () => join(folder, 'nowhere', 'events.db')],
    [
      'is a folder',
      () => {
        const inside = join(folder, 'events.db');
        mkdirSync(inside);
        return inside;
      },
    ],
    [
      'holds something else',
      () => {
        const text = join(folder, 'events.db');
        writeFileSync(text, 'this is no database, and long enough to see it\n'.repeat(100));
        return text;
      },
    ],
  ])('one that %s', async (_, place) => {
    const file = place();
    const error = await SqliteStore.open(file).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );

    expect(error?.message).toContain(file);
    expect(error?.message).toMatch(/\(TL_STORE_UNAVAILABLE\)$/);
  });
});

describe('files', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'throughline-store-'));
    file = join(folder, 'events.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('one of version 0 is brought to the current version, with everything in it', async () => {
    const old = openDriver(file);
    old.exec(VERSION_0);
    const events = Array.from({ length: 5000 }, (_, i) =>
      event(i % 3, i + 1, i > 2 ? [i - 2] : [], {
        label: `event ${i} \u{1f600}`,
        ...(i % 2 ? { processName: 'p', fields: [['key', `${i}`]] } : {}),
      }),
    );
    const insert = old.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
    old.exec('BEGIN');
    for (const { taskId, eventId, timestamp, ...rest } of events) {
      insert.run(taskId, eventId, timestamp, rest.processName ?? '', JSON.stringify(rest));
    }
    old.exec('COMMIT');
    old.close();

    for (let opened = 0; opened < 2; opened++) {
      const store = await SqliteStore.open(file);
      expect(await store.task(id(1))).toEqual(events.filter(({ taskId }) => taskId === id(1)));
      expect(await store.tasks({ offset: 0, limit: 9 })).toMatchObject({
        total: 3,
        tasks: [{ events: 1667 }, { events: 1667 }, { events: 1666 }],
      });
      await store.close();
    }
  });

  test('one of version 1, whose tasks had no tags, is brought to the current one', async () => {
    const first = await SqliteStore.open(file);
    await first.append([encodeBatch([event(1, 1, [], { tags: ['known'] }), event(1, 2)])]);
    await first.close();
    const old = openDriver(file);
    old.exec(TO_VERSION_1);
    old.close();

    for (const tags of [[], ['new']]) {
      const store = await SqliteStore.open(file);
      expect(await store.tasks({ offset: 0, limit: 9 })).toMatchObject({ tasks: [{ tags }] });
      await store.append([encodeBatch([event(1, 3, [2], { tags: ['new'] })])]);
      await store.close();
    }
  });

  test.each([
    [
      'of another program',
      'CREATE TABLE users (name TEXT); INSERT INTO users VALUES (1);',
      /another program/,
    ],
    ['with the id of another program', 'PRAGMA application_id = 77;', /another program/],
    [
      'of a later version',
      'PRAGMA application_id = 1414024270; PRAGMA user_version = 3;',
      /version 3.*knows 2/,
    ],
  ])('one %s is left as it is', async (_, sql, message) => {
    const other = openDriver(file);
    other.exec(sql);
    other.close();
    const before = readFileSync(file);

    await expect(SqliteStore.open(file)).rejects.toThrow(message);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a full disk keeps nothing of a batch, and what comes later is kept', async () => {
    const store = await SqliteStore.open(file);
    const { driver } = store as unknown as { driver: Driver };
    await store.append([encodeBatch([event(1, 1)])]);
    // What SQLite says is the same as for a disk that is full.
    driver.exec(`PRAGMA max_page_count = ${driver.pragma('page_count') + 2}`);
    const many = encodeBatch(
      Array.from({ length: 2000 }, (_, i) => event(i, i + 2, [], { label: `${Math.random()}` })),
    );
    const error = await store.append([many]).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/full/);
    expect(SqliteStore.isPassing(error)).toBe(true);
    expect(await store.size()).toMatchObject({ tasks: 1, events: 1 });
    driver.exec('PRAGMA max_page_count = 1000000');

    expect(await store.append([many])).toMatchObject([{ kept: 2000 }]);
    expect(await store.task(id(7))).toHaveLength(1);
    await store.close();
  });

  test('whole tasks are removed, the oldest first, until the rest has the largest size', async () => {
    const store = await SqliteStore.open(file);
    const label = 'x'.repeat(2000);
    for (let task = 1; task <= 300; task++) {
      await store.append([
        encodeBatch([1, 2, 3].map((n) => event(task, task * 10 + n, [], { label: label + n }))),
      ]);
    }
    const full = await store.size();
    const limits = { maxBytes: full.bytes / 2, before: -Infinity };
    while (store.evict(limits));
    const { bytes, tasks, events, evicted } = await store.size();

    expect(bytes).toBeLessThanOrEqual(limits.maxBytes);
    expect(tasks).toBeGreaterThan(100);
    expect(events).toBe(tasks * 3);
    expect(evicted).toEqual({ tasks: 300 - tasks, events: 900 - events });
    expect(await store.task(id(300 - tasks))).toEqual([]);
    expect(await store.task(id(301 - tasks))).toHaveLength(3);
    expect(await store.tasks({ offset: 0, limit: 1 })).toMatchObject({ total: tasks, evicted });
    // A late event of a task that was removed begins it anew.
    await store.append([encodeBatch([event(1, 11)])]);
    expect(await store.task(id(1))).toHaveLength(1);
    await store.close();
  });

  test('events of any size are stored again and again, and come back', async () => {
    const store = await SqliteStore.open(file);
    for (let i = 1; i <= 100; i++) {
      await store.append([encodeBatch([event(1, i, [], { label: `${i} ${'x'.repeat(50_000)}` })])]);
    }
    expect((await store.task(id(1))).map(({ label }) => Number.parseInt(label, 10))).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    const { driver } = store as unknown as { driver: Driver };
    const [row] = driver.prepare('SELECT max(length(events)) AS most FROM segments').all();
    expect(row!['most']).toBeLessThan(70_000);
    await store.close();
  });

  test('thousands of tasks that share half of their ids are told apart', async () => {
    const store = await SqliteStore.open(file);
    const upper = (n: number): string => (2 ** 40 + n).toString(16).padStart(16, '0');
    const all = Array.from({ length: 4000 }, (_, n) => ({
      ...event(1, n + 1),
      taskId: `${upper(n)}${id(1)}`,
    }));
    for (let at = 0; at < all.length; at += 500)
      await store.append([encodeBatch(all.slice(at, at + 500))]);
    // Half of an id means the task that came first, also after the store was opened again.
    await store.append([encodeBatch([event(1, 9001)])]);
    await store.close();
    const again = await SqliteStore.open(file);

    expect(await again.append([encodeBatch([event(1, 9001)])])).toMatchObject([{ duplicates: 1 }]);
    expect(await again.size()).toMatchObject({ tasks: 4000, events: 4001 });
    expect(await again.task(`${upper(0)}${id(1)}`)).toHaveLength(2);
    expect(await again.task(`${upper(77)}${id(1)}`)).toHaveLength(1);
    await again.close();
  });

  test('tasks that are too old are removed, whatever the size', async () => {
    const store = await SqliteStore.open(file);
    await store.append([encodeBatch([event(1, 1), event(2, 2), event(3, 3)])]);
    const { timestamp } = event(2, 2);
    while (store.evict({ maxBytes: Infinity, before: timestamp + 1 }));

    const { tasks } = await store.tasks({ offset: 0, limit: 9 });
    expect(tasks.map(({ taskId }) => taskId)).toEqual([id(3)]);
    await store.append([encodeBatch(Array.from({ length: 700 }, (_, i) => event(i + 10, i + 10)))]);
    while (store.evict({ maxBytes: Infinity, before: Infinity }));
    expect(await store.size()).toMatchObject({ tasks: 0, events: 0 });
    await store.close();
  });
});

/** The schema of the first collectors. */
const VERSION_0 = `
  CREATE TABLE events (
    task TEXT NOT NULL, event TEXT NOT NULL, timestamp INTEGER NOT NULL, process TEXT NOT NULL,
    report TEXT NOT NULL, PRIMARY KEY (task, event)
  ) WITHOUT ROWID;
  CREATE TABLE tasks (
    task TEXT PRIMARY KEY, title TEXT NOT NULL, events INTEGER NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX tasks_by_last ON tasks (last DESC, task);
`;

/** Makes the tasks of a file what they were in version 1. */
const TO_VERSION_1 = `
  ALTER TABLE tasks RENAME TO newer;
  CREATE TABLE tasks (
    number INTEGER PRIMARY KEY, low BLOB NOT NULL, upper BLOB, title TEXT NOT NULL,
    title_event BLOB NOT NULL, title_time INTEGER NOT NULL, events INTEGER NOT NULL,
    errors INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, processes TEXT NOT NULL
  );
  INSERT INTO tasks SELECT number, low, upper, title, title_event, title_time, events, errors,
    first, last, processes FROM newer;
  DROP TABLE newer;
  CREATE INDEX tasks_by_id ON tasks (low, upper);
  CREATE INDEX tasks_by_last ON tasks (last DESC, number);
  PRAGMA user_version = 1;
`;
