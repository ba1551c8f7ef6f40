import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { codeFolders, noteFolder, notedFolders } from '../../collector/src/code/folders';
import { excerptOf } from '../../collector/src/code/source-code';
import type { CodeFolders, Folder } from '../../collector/src/code/folders';
import { ask, startTestCollector } from '../harness/test-collector';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-code-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NOW = Date.now() * 1000;
const LATER = NOW + 3600e6;
const lines = (name: string, count = 9): string =>
  Array.from({ length: count }, (_, i) => `${name} ${i + 1}\n`).join('');
function write(path: string, text = lines(path)): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const within = (...paths: string[]): CodeFolders => ({
  named: paths.map((path) => join(folder, path)),
  noted: () => [],
});

describe('code around a source', () => {
  test('has three lines before and after', async () => {
    write('app/src/cart.ts');

    expect(await excerptOf(within('app'), 'src/cart.ts:5', LATER)).toEqual({
      first: 2,
      lines: [2, 3, 4, 5, 6, 7, 8].map((line) => `app/src/cart.ts ${line}`),
      isNewer: false,
    });
    const start = await excerptOf(within('app'), 'src/cart.ts:1:10', LATER);
    expect(start).toMatchObject({ first: 1, lines: { length: 4 } });
    const end = await excerptOf(within('app'), 'src/cart.ts:9', LATER);
    expect(end).toMatchObject({ first: 6, lines: { length: 4 } });
    expect(await excerptOf(within('app'), 'src/cart.ts:10', LATER)).toBeUndefined();
    expect(await excerptOf(within('app'), 'src/cart.ts:0', LATER)).toBeUndefined();
  });

  test('says when the file was changed after the event', async () => {
    write('app/cart.ts');

    expect(await excerptOf(within('app'), 'cart.ts:5', NOW - 60e6)).toMatchObject({
      isNewer: true,
    });
  });

  test('is cut where it was not written by people', async () => {
    write('app/bundle.js', `${'x'.repeat(1e6)}\n`);
    write('app/huge.js', 'x\n'.repeat(3e6));

    const found = await excerptOf(within('app'), 'bundle.js:1', LATER);
    expect(found!.lines[0]).toHaveLength(400);
    expect(await excerptOf(within('app'), 'huge.js:1', LATER)).toBeUndefined();
  });

  test('is that of the folder in which the program ran then', async () => {
    for (const app of ['old', 'new', 'newest']) write(`${app}/cart.ts`, app);
    write('old/only.ts', 'only');
    const noted = ['old', 'new', 'newest'].map((app, i) => ({
      ...{ path: join(folder, app), since: LATER + i * 10 },
    }));
    const folders = { named: [], noted: () => noted };
    const at = async (time: number, source = 'cart.ts:1'): Promise<unknown> =>
      (await excerptOf(folders, source, time))?.lines;

    expect(await at(LATER + 5)).toEqual(['old']);
    expect(await at(LATER + 15)).toEqual(['new']);
    expect(await at(LATER + 99)).toEqual(['newest']);
    // Clocks differ: what was noted later is better than nothing.
    expect(await at(LATER - 5)).toEqual(['old']);
    expect(await at(LATER + 99, 'only.ts:1')).toEqual(['only']);
  });
});

describe('nothing but code inside of the folders is read', () => {
  const secret = 'a secret';
  const SOURCES = [
    ...['../secret.js:1', '/secret.js:1', 'linked.js:1', 'folder/secret.js:1', 'alias.js:1'],
    ...['.env:1', '.env.js/../.env:1', 'cart.ts:1/../../secret.js:1', 'cart.ts\0.js:1', ':1', ''],
    ...['folder/../../secret.js:1', 'folder/../secret.js:1', 'device.js:1', 'app.js:1'],
    ...['cart.ts', 'cart.ts:-1', 'cart.ts:99999999', `${'a/'.repeat(5000)}cart.ts:1`],
    ...['..\\secret.js:1', 'C:\\secret.js:1', 'file:///secret.js:1', '%2e%2e/secret.js:1'],
  ];
  beforeEach(() => {
    write('secret.js', secret);
    write('app/cart.ts', 'cart');
    write('app/.env', secret);
    write('elsewhere/secret.js', secret);
    mkdirSync(join(folder, 'app', 'app.js'));
    symlinkSync(join(folder, 'secret.js'), join(folder, 'app', 'linked.js'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'app', 'folder'));
    symlinkSync(join(folder, 'app', '.env'), join(folder, 'app', 'alias.js'));
    symlinkSync('/dev/zero', join(folder, 'app', 'device.js'));
  });

  test.each(SOURCES)('%j', async (source) => {
    expect(await excerptOf(within('app'), source, LATER)).toBeUndefined();
    expect(await excerptOf(within('app'), `${folder}/${source}`, LATER)).toBeUndefined();
  });

  test('whatever is asked for', async () => {
    const parts = fc.constantFrom('..', '.', '/', '\\', 'app', 'secret', '.js', '.ts', '\0', ':1');
    const asked = fc.array(parts, { maxLength: 8 }).map((all) => `${all.join('')}:1`);
    await fc.assert(
      fc.asyncProperty(asked, async (source) => {
        const found = await excerptOf(within('app'), source, LATER);
        expect(JSON.stringify(found ?? null)).not.toContain(secret);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe('folders that programs run in', () => {
  test('are noted beside the store, each once in a row', () => {
    const store = join(folder, 'data', 'events.db');
    for (const [path, since] of [
      ['/a', 1],
      ['/a', 2],
      ['/b', 3],
      ['/a', 4],
    ] as const) {
      noteFolder(store, path, since);
    }

    expect(notedFolders(store)).toEqual([
      { path: '/a', since: 1 },
      { path: '/b', since: 3 },
      { path: '/a', since: 4 },
    ]);
    noteFolder(':memory:', '/a', 1);
    expect(notedFolders(':memory:')).toEqual([]);
    expect(notedFolders(join(folder, 'none.db'))).toEqual([]);
  });

  test('are forgotten, the oldest first, before there are too many', () => {
    const store = join(folder, 'events.db');
    for (let i = 0; i < 3000; i++) noteFolder(store, `/project/number/${i}`, i);
    const noted = notedFolders(store);

    expect(noted.length).toBeLessThan(3000);
    expect(noted.at(-1)).toEqual({ path: '/project/number/2999', since: 2999 });
    expect(noted.map(({ since }) => since)).toEqual(noted.map((_, i) => noted[0]!.since + i));
  });

  test('a broken file is none', () => {
    const store = join(folder, 'events.db');
    writeFileSync(`${store}.folders`, 'no json\n{"path":5}\nnull\n{"path":"/a","since":1}\n{"pa');

    expect(notedFolders(store)).toEqual([{ path: '/a', since: 1 }]);
  });
});

describe('a collector', () => {
  const get = async (settings: object, source: string): Promise<unknown> => {
    const collector = await startTestCollector(settings);
    try {
      const path = `/api/code?${new URLSearchParams({ source, time: String(LATER) })}`;
      return (await ask(collector, path)).body;
    } finally {
      await collector.close();
    }
  };
  const store = (): string => join(folder, 'events.db');

  test('shows code of the folders that its settings name, and of those that programs ran in', async () => {
    write('app/cart.ts', 'cart');
    const cart = { first: 1, lines: ['cart'], isNewer: false };

    expect(await get({ store: store() }, 'cart.ts:1')).toBeNull();
    expect(await get({ sources: join(folder, 'app') }, 'cart.ts:1')).toEqual(cart);
    noteFolder(store(), join(folder, 'app'), NOW);
    expect(await get({ store: store() }, 'cart.ts:1')).toEqual(cart);
    expect(await get({ store: store() }, 'other.ts:1')).toBeNull();
  });

  test('that everybody may ask shows code of named folders only', () => {
    noteFolder(store(), '/app', NOW);
    const noted = (isOpen: boolean): readonly Folder[] =>
      codeFolders(store(), ['/named'], { isOpen }).noted();

    expect(noted(false)).toEqual([{ path: '/app', since: NOW }]);
    expect(noted(true)).toEqual([]);
    expect(codeFolders(store(), ['/named'], { isOpen: true }).named).toEqual(['/named']);
  });
});
