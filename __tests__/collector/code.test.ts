import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '@throughline/collector';
import fc from 'fast-check';
import { CodeFolders, noteProgram, notesOf, trimNotes } from '../../collector/src/code/folders';
import { excerptOf } from '../../collector/src/code/source-code';
import type { Excerpt } from '../../collector/src/code/source-code';
import { ask, startTestCollector } from '../harness/test-collector';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-code-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = (name: string, count = 9): string =>
  Array.from({ length: count }, (_, i) => `${name} ${i + 1}\n`).join('');
function write(path: string, text = lines(path)): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const within = (source: string, ...paths: string[]): Promise<Excerpt | undefined> =>
  excerptOf(
    (paths.length > 0 ? paths : ['app']).map((path) => join(folder, path)),
    source,
  );

describe('code around a source', () => {
  test('has three lines before and after', async () => {
    const file = write('app/src/cart.ts');
    utimesSync(file, 1000, 1000);

    expect(await within('src/cart.ts:5')).toEqual({
      first: 2,
      lines: [2, 3, 4, 5, 6, 7, 8].map((line) => `app/src/cart.ts ${line}`),
      written: 1_000_000_000,
    });
    expect(await within('src/cart.ts:1:10')).toMatchObject({ first: 1, lines: { length: 4 } });
    expect(await within('src/cart.ts:9')).toMatchObject({ first: 6, lines: { length: 4 } });
    expect(await within('src/cart.ts:10')).toBeUndefined();
    expect(await within('src/cart.ts:0')).toBeUndefined();
  });

  test('is read with ends of lines of Windows, and without one at the end', async () => {
    write('app/a.js', 'one\r\ntwo\r\nthrée');

    expect((await within('a.js:3'))!.lines).toEqual(['one', 'two', 'thrée']);
    write('app/empty.js', '');
    expect(await within('empty.js:1')).toBeUndefined();
  });

  test('is cut where it was not written by people', async () => {
    write('app/bundle.js', `${'x'.repeat(1e6)}\n`);
    write('app/huge.js', 'x\n'.repeat(3e6));

    expect((await within('bundle.js:1'))!.lines[0]).toHaveLength(400);
    expect(await within('huge.js:1')).toBeUndefined();
  });

  test('is that of the first folder that has the file', async () => {
    write('app/cart.ts', lines('app', 2));
    write('other/cart.ts', lines('other', 5));
    write('other/only.ts', 'only');

    expect((await within('cart.ts:1', 'app', 'other'))!.lines).toEqual(['app 1', 'app 2']);
    expect((await within('only.ts:1', 'app', 'other'))!.lines).toEqual(['only']);
    // It is not the line of another file.
    expect(await within('cart.ts:5', 'app', 'other')).toBeUndefined();
  });
});

describe('nothing but code inside of the folders is read', () => {
  const secret = 'a secret';
  const SOURCES = [
    ...['../secret.js:1', '/secret.js:1', 'linked.js:1', 'folder/secret.js:1', 'alias.js:1'],
    ...['.env:1', '.env.js/../.env:1', 'cart.ts:1/../../secret.js:1', 'cart.ts\0.js:1', ':1', ''],
    ...[
      'folder/../../secret.js:1',
      'folder/../secret.js:1',
      'device.js:1',
      'app.js:1',
      'pipe.js:1',
    ],
    ...['cart.ts', 'cart.ts:-1', 'cart.ts:99999999', `${'a/'.repeat(5000)}cart.ts:1`],
    ...['..\\secret.js:1', 'C:\\secret.js:1', 'file:///secret.js:1', '%2e%2e/secret.js:1'],
  ];
  beforeEach(() => {
    write('secret.js', secret);
    write('app/cart.ts', 'cart');
    write('app/.env', secret);
    write('elsewhere/secret.js', secret);
    mkdirSync(join(folder, 'app', 'app.js'));
    execFileSync('mkfifo', [join(folder, 'app', 'pipe.js')]);
    symlinkSync(join(folder, 'secret.js'), join(folder, 'app', 'linked.js'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'app', 'folder'));
    symlinkSync(join(folder, 'app', '.env'), join(folder, 'app', 'alias.js'));
    symlinkSync('/dev/zero', join(folder, 'app', 'device.js'));
  });

  test.each(SOURCES)('%j', async (source) => {
    expect(await within(source)).toBeUndefined();
  });

  test('not by an absolute path either', async () => {
    expect(await within(`${join(folder, 'secret.js')}:1`)).toBeUndefined();
    expect(await within(`../app/../secret.js:1`)).toBeUndefined();
    expect((await within('./cart.ts:1'))!.lines).toEqual(['cart']);
  });

  test('whatever is asked for', async () => {
    const parts = fc.constantFrom('..', '.', '/', '\\', 'app', 'secret', '.js', '.ts', '\0', ':1');
    const asked = fc.array(parts, { maxLength: 8 }).map((all) => `${all.join('')}:1`);
    await fc.assert(
      fc.asyncProperty(asked, async (source) => {
        expect(JSON.stringify((await within(source)) ?? null)).not.toContain(secret);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe('programs that run', () => {
  const notes = (): string => join(folder, 'events.db.programs');
  const host = hostname();
  const of = (processId: number, time: number, more: object = {}): readonly string[] =>
    new CodeFolders(['/named'], notes()).of({ host, processId, time, ...more });

  test('each have the folder in which they run', () => {
    noteProgram(notes(), { processId: 1, folder: '/shop', since: 1e9 });
    noteProgram(notes(), { processId: 2, folder: '/billing', since: 2e9 });
    // The system gives the number of a process that has ended to another one.
    noteProgram(notes(), { processId: 1, folder: '/later', since: 9e9 });

    expect(of(1, 3e9)).toEqual(['/named', '/shop']);
    expect(of(2, 3e9)).toEqual(['/named', '/billing']);
    expect(of(1, 9e9)).toEqual(['/named', '/later']);
    // What is not known of a process is not taken from another one.
    expect(of(2, 1e9)).toEqual(['/named']);
    expect(of(3, 3e9)).toEqual(['/named']);
    expect(of(1, 3e9, { host: 'elsewhere' })).toEqual(['/named']);
  });

  test('are not shown if they have said so', () => {
    noteProgram(notes(), { processId: 1, folder: '/shop', since: 1e9 });
    noteProgram(notes(), { processId: 1, folder: null, since: 2e9 });

    expect(of(1, 3e9)).toEqual(['/named']);
  });

  test('are found as soon as they are noted', () => {
    const folders = new CodeFolders([], notes());
    const asked = { host, processId: 1, time: 1e9 };
    expect(folders.of(asked)).toEqual([]);
    noteProgram(notes(), { processId: 1, folder: '/shop', since: 0 });

    expect(folders.of(asked)).toEqual(['/shop']);
  });

  test('are not noted in folders that have everything below them', () => {
    for (const path of ['/', homedir()]) {
      noteProgram(notes(), { processId: 1, folder: path, since: 0 });
    }

    expect(of(1, 1e9)).toEqual(['/named']);
  });

  test('are forgotten, the oldest first, before there are too many', () => {
    for (let processId = 0; processId < 2000; processId++) {
      noteProgram(notes(), { processId, folder: '/project/with/a/long/name', since: processId });
    }
    trimNotes(notes());

    expect(of(1999, 1e9)).toEqual(['/named', '/project/with/a/long/name']);
    expect(of(0, 1e9)).toEqual(['/named']);
    expect(statSync(notes()).size).toBeLessThan(128 * 1024);
  });

  test('a disk that takes nothing keeps no program from running', () => {
    writeFileSync(notes(), 'x\n'.repeat(50_000));
    mkdirSync(`${notes()}.${process.pid}`);

    expect(() => trimNotes(notes())).not.toThrow();
    expect(statSync(notes()).size).toBe(100_000);
  });

  test('a broken file has none', () => {
    writeFileSync(
      notes(),
      'no json\n{"processId":"1"}\nnull\n{"processId":1,"folder":"/shop","since":1}\n{"pro',
    );

    expect(of(1, 1e9)).toEqual(['/named', '/shop']);
    expect(notesOf(undefined)).toBeUndefined();
  });
});

describe('a collector', () => {
  const get = async (settings: Partial<Settings>, query = {}): Promise<unknown> => {
    const collector = await startTestCollector(settings);
    try {
      const all = { source: 'cart.ts:1', host: hostname(), process: '7', time: '1000', ...query };
      return (await ask(collector, `/api/code?${new URLSearchParams(all)}`)).body;
    } finally {
      await collector.close();
    }
  };

  test('shows code of the folders that its settings name, and of those that programs run in', async () => {
    write('app/cart.ts', 'cart');
    const store = join(folder, 'events.db');
    const cart = expect.objectContaining({ first: 1, lines: ['cart'] }) as unknown;

    expect(await get({ store })).toBeNull();
    expect(await get({ sources: [join(folder, 'app')] })).toEqual(cart);
    noteProgram(notesOf(store)!, { processId: 7, folder: join(folder, 'app'), since: 0 });
    expect(await get({ store })).toEqual(cart);
    expect(await get({ store }, { process: '8' })).toBeNull();
    expect(await get({ store }, { time: 'soon' })).toMatchObject({ code: 'TL_QUERY_INVALID' });
  });

  test('says where its store is, so that programs are noted beside it', async () => {
    const collector = await startTestCollector({ store: join(folder, 'events.db') });
    try {
      const { body } = await ask<{ file?: string }>(collector, '/health');
      expect(body.file).toBe(join(folder, 'events.db'));
    } finally {
      await collector.close();
    }
  });
});
