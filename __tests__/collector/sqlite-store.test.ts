import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDriver } from '../../collector/src/store/driver';
import { SqliteStore } from '../../collector/src/store/sqlite-store';
import { ran, root } from '../harness/child';
import { hasNodeSqlite, withLibsql, withSqlite } from '../harness/sqlite';
import { testStore } from './store-contract';

testStore('SQLite store over libsql', (file) => withLibsql(() => SqliteStore.open(file)));
if (hasNodeSqlite) testStore('SQLite store over node:sqlite', (file) => SqliteStore.open(file));

test('the driver is the one that the running Node has', async () => {
  const driver = pathToFileURL(join(root, 'collector', 'dist', 'esm', 'store', 'driver.js'));
  const program = `
    const { openDriver } = await import(${JSON.stringify(driver)});
    const own = (await openDriver(':memory:')).name;
    process.getBuiltinModule = () => undefined;
    console.log(own, (await openDriver(':memory:')).name);
  `;

  expect(await ran(['--input-type=module', '-e', program])).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: `${hasNodeSqlite ? 'node:sqlite' : 'libsql'} libsql\n`,
  });
});

test('loading a driver leaves the warnings of the program alone', async () => {
  const { emitWarning } = process;
  (await withSqlite(() => openDriver(':memory:'))).close();

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
    const error = await withSqlite(() => SqliteStore.open(file)).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );

    expect(error?.message).toContain(file);
    expect(error?.message).toMatch(/\(TL_STORE_UNAVAILABLE\)$/);
  });
});
