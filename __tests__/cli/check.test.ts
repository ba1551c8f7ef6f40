import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ran, root } from '../harness/child';

const throughline = join(root, 'cli', 'dist', 'esm', 'main.js');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'throughline-check-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]): ReturnType<typeof ran> =>
  ran([throughline, ...args], { cwd: folder });

/** Writes the files of a project, by path. */
function project(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const lines = (...all: string[]): string => [...all, ''].join('\n');

const CART = lines(
  "import { debounce } from 'lodash';",
  'export async function total(queue, items) {',
  '  const prices = await Promise.all(items.map(async (item) => item.price));',
  '  setTimeout(() => queue.drain(), 10);',
  '  queue.onEmpty(() => {});',
  '  debounce(() => {}, 10);',
  '  return prices.length;',
  '}',
);
const SUMS = {
  covered: 'covered        carries context',
  uninstrumented: 'uninstrumented passes a callback to uninstrumented code',
  unknown: 'unknown        passes a callback to a method whose class is known only at run time',
  text: 'text           is not instrumented, because its source text runs elsewhere',
};

describe('check', () => {
  test('lists what may get lost, by file and place, and the sums', async () => {
    project({ 'src/cart.js': CART, 'src/quiet.js': 'export const one = 1;\n' });

    expect(await run('check', 'src')).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: lines(
        'src/cart.js',
        '  5:9      unknown         queue.onEmpty',
        '  6:3      uninstrumented  lodash.debounce',
        '',
        '2 files',
        `4 ${SUMS.covered}`,
        `1 ${SUMS.uninstrumented}`,
        `1 ${SUMS.unknown}`,
      ),
    });
  });

  test('a project in which nothing gets lost has only sums', async () => {
    project({ 'src/a.js': 'setTimeout(() => {}, 1);\n' });

    expect((await run('check', 'src')).stdout).toBe(
      lines('1 file', `1 ${SUMS.covered}`, `0 ${SUMS.uninstrumented}`, `0 ${SUMS.unknown}`),
    );
  });

  test('--all lists covered places too, each with what it is', async () => {
    project({ 'src/cart.js': CART });
    const { stdout } = await run('check', 'src', '--all');

    expect(stdout.split('\n\n')[0]!.split('\n')).toEqual([
      'src/cart.js',
      '  2:8      covered         async total',
      '  3:24     covered         promise Promise.all',
      expect.stringMatching(/^ {2}3:46 {5}covered {9}async/),
      '  4:3      covered         timer setTimeout',
      '  5:9      unknown         queue.onEmpty',
      '  6:3      uninstrumented  lodash.debounce',
    ]);
  });

  test('no line of the text ends in a space', async () => {
    project({ 'src/cart.js': CART });

    expect((await run('check', 'src', '--all')).stdout).not.toMatch(/ $/m);
  });

  test('--json is every place of every file', async () => {
    project({ 'src/cart.js': CART, 'src/none.js': '' });
    const { code, stdout, stderr } = await run('check', 'src', '--json');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      {
        file: 'src/cart.js',
        findings: [
          { status: 'covered', line: 2, column: 7, kind: 'async', name: 'total' },
          { status: 'covered', line: 3, column: 23, kind: 'promise', name: 'Promise.all' },
          { status: 'covered', line: 3, column: 45, kind: 'async', name: '' },
          { status: 'covered', line: 4, column: 2, kind: 'timer', name: 'setTimeout' },
          { status: 'unknown', line: 5, column: 8, name: 'queue.onEmpty' },
          {
            status: 'uninstrumented',
            line: 6,
            column: 2,
            name: 'lodash.debounce',
            module: 'lodash',
          },
        ],
      },
      { file: 'src/none.js', findings: [] },
    ]);
  });

  test('a file that cannot be read is named with its reason, beside the others, with code 1', async () => {
    project({ 'src/broken.js': 'export const broken = (;\n', 'src/cart.js': CART });
    const { code, stdout, stderr } = await run('check', 'src');

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^src\/broken\.js\n {2}cannot be instrumented: .*Unexpected token \(1:23\)\n\n/,
    );
    expect(stdout).toContain('  5:9      unknown         queue.onEmpty\n');
    expect(stdout).toContain('\n2 files\n');

    const json = await run('check', 'src', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { file: 'src/broken.js', findings: [], error: expect.stringContaining('Unexpected token') },
      { file: 'src/cart.js' },
    ]);
  });

  test('a comment that nobody knows is said in its file', async () => {
    project({ 'a.js': '// throughline: nonsense\nfoo();\n' });
    const { code, stdout } = await run('check', 'a.js');

    expect(code).toBe(1);
    expect(stdout).toContain('(TL_DIRECTIVE_UNKNOWN)\n');
  });

  test('TypeScript and JSX are read', async () => {
    project({
      'cart.ts': lines(
        'enum Kind { A }',
        'export async function total<T extends object>(this: void, queue: T & { on2(f: () => void): void }) {',
        '  (queue as { on2(f: () => void): void })!.on2(() => {});',
        '}',
        'declare function later(f: () => void): void;',
      ),
      'page.tsx':
        'export const Page = <T,>(x: T) => <b onClick={async () => x}>{x as never}</b>;\n',
      'other.jsx': 'export const Other = () => <b onClick={async () => {}} />;\n',
      'module.mts': 'export const a: number = await 1;\n',
      'common.cts': "import fs = require('fs');\nfs.readFile('a', (error: unknown) => {});\n",
      'script.cjs': "return require('fs').readFile('a', () => {});\n",
      'types.d.ts': 'export declare function f(g: () => void): void;\n',
      'notes.md': 'no source\n',
    });
    const { code, stdout } = await run('check', '.', '--json');
    const files = JSON.parse(stdout) as { file: string; findings: { name: string }[] }[];

    expect(code).toBe(0);
    expect(files.map(({ file, findings }) => [file, findings.length])).toEqual([
      ['cart.ts', 2],
      ['common.cts', 1],
      ['module.mts', 0],
      ['other.jsx', 1],
      ['page.tsx', 1],
      ['script.cjs', 1],
    ]);
  });

  test('what is sent away as text is listed as that', async () => {
    project({ 'a.js': 'page.evaluate(async () => document.title);\n' });

    expect((await run('check', 'a.js')).stdout).toBe(
      lines(
        'a.js',
        '  1:15     text            function',
        '',
        '1 file',
        `0 ${SUMS.covered}`,
        `0 ${SUMS.uninstrumented}`,
        `0 ${SUMS.unknown}`,
        `1 ${SUMS.text}`,
      ),
    );
  });

  test('dependencies, hidden folders and other files are passed over', async () => {
    project({
      'node_modules/acme/index.js': 'foo.bar(() => {});\n',
      '.cache/a.js': 'foo.bar(() => {});\n',
      'src/a.js': 'foo.bar(() => {});\n',
      'src/b.txt': 'foo.bar(() => {});\n',
    });

    expect((await run('check', '.')).stdout).toMatch(/^src\/a\.js\n {2}1:5 .*\n\n1 file\n/);
  });

  test('a path where nothing is is said to be so, with code 1', async () => {
    expect(await run('check', 'nowhere')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'throughline: No such file or folder: "nowhere". Pass the sources to check: ' +
        '"throughline check src". (TL_SOURCE_MISSING)\n',
    });
  });

  test('a method is covered only where the file shows the class of its receiver', async () => {
    project({
      'client.js': lines(
        "const { Client } = require('some-client'); const client = new Client();",
        "const { Pool } = require('pg'); const pool = new Pool();",
        "client.get('k', () => {});",
        "client.set('k', 1, () => {});",
        'client.multi().exec(() => {});',
        "socket.write('text', () => {});",
        "pool.query('select', () => {});",
        "new Map().set('k', () => {});",
        'const seen = new Set(); seen.add(() => {});',
      ),
    });

    expect((await run('check', 'client.js')).stdout).toBe(
      lines(
        'client.js',
        '  3:8      unknown         client.get',
        '  4:8      unknown         client.set',
        '  5:16     unknown         ….exec',
        '  6:8      unknown         socket.write',
        '',
        '1 file',
        `1 ${SUMS.covered}`,
        `0 ${SUMS.uninstrumented}`,
        `4 ${SUMS.unknown}`,
      ),
    );
    expect((await run('explain', 'client.js:3')).stdout).not.toContain('Sees:');
  });

  test('calls that hide the function that gets the callback are listed', async () => {
    project({
      'hidden.js': lines(
        "const fs = require('fs');",
        "fs[name]('.', () => {});",
        "fs.stat.apply(fs, ['.', () => {}]);",
        "fs.stat.call(fs, '.', () => {});",
        "fs.stat.bind(fs, '.')(() => {});",
        "Reflect.apply(fs.stat, fs, ['.', () => {}]);",
        'Math.max.apply(Math, [1, 2]);',
        'queue.push(() => {});',
      ),
    });

    expect((await run('check', 'hidden.js')).stdout).toMatch(
      /2:4 +unknown +fs\[…\]\n +3:9 +unknown +stat\.apply\n +4:9 +unknown +stat\.call\n +5:9 +unknown +stat\.bind\(\)\n +6:9 +unknown +Reflect\.apply\n\n/,
    );
  });

  test('a method of an import is listed once', async () => {
    project({ 'a.js': lines("import { bus } from 'acme-bus';", "bus.on('x', () => bus.f());") });
    const { stdout } = await run('check', 'a.js', '--all');

    expect(stdout.match(/^ +2:/gm)).toHaveLength(1);
    expect(stdout).toMatch(/2:5 +uninstrumented +acme-bus\.bus\.on\n/);
  });

  test('a component is named, since other commands compile it', async () => {
    project({ 'src/App.vue': '<script>export default {};</script>\n' });
    const { code, stdout } = await run('check', 'src');

    expect(code).toBe(0);
    expect(stdout).toContain('src/App.vue\n  not checked: This command does not read components.');
  });

  test('it says nothing of calls that run what they are handed at once', async () => {
    project({
      'a.js': lines(
        'export function f(items, args, onDone, queue) {',
        '  Math.max(...items);',
        '  console.log(...args, onDone);',
        '  Object.getPrototypeOf(onDone);',
        '  Object.defineProperties(onDone, {});',
        '  Reflect.apply(onDone, undefined, []);',
        '  Array.of(...items);',
        '  Number.isInteger(...items);',
        '  new Map(items.map((item) => [item, 1]));',
        '  items.filter((item) => item).forEach((item) => item());',
        "  'text'.replace(/t/g, () => 'x');",
        '  items.push(...args);',
        '  items.toSpliced(0, 1, ...args);',
        '}',
      ),
    });

    expect(JSON.parse((await run('check', 'a.js', '--json')).stdout)).toMatchObject([
      { findings: [] },
    ]);
  });

  test('a function that is awaited where it is handed over is listed too', async () => {
    project({ 'a.js': 'export const f = async (db) => { await db.inside(async () => {}); };\n' });

    expect((await run('check', 'a.js')).stdout).toContain('unknown         db.inside\n');
  });
});

describe('the field "throughline" of package.json', () => {
  const SOURCES = {
    'src/a.js': lines(
      "import { later } from 'acme';",
      'later(() => {}, 1);',
      'queue.put(() => {});',
    ),
    'src/legacy/old.js': 'foo.bar(() => {});\n',
  };

  test('its spawn points are covered, and what it excludes is passed over', async () => {
    project({
      ...SOURCES,
      'package.json': JSON.stringify({
        throughline: {
          exclude: ['./legacy/'],
          spawnPoints: [
            { module: 'acme', call: 'later', callback: 'first' },
            { call: 'Queue.prototype.put' },
          ],
        },
      }),
    });
    const { stdout } = await run('check', 'src', '--json');

    expect(JSON.parse(stdout)).toEqual([
      {
        file: 'src/a.js',
        findings: [
          { status: 'covered', line: 2, column: 0, kind: 'callback', name: 'later' },
          { status: 'covered', line: 3, column: 6, kind: 'callback', name: 'put' },
        ],
      },
    ]);
  });

  test('without it, the same are losses', async () => {
    project({ ...SOURCES, 'package.json': '{}' });
    const { stdout } = await run('check', 'src', '--json');

    expect(JSON.parse(stdout)).toMatchObject([
      { findings: [{ name: 'acme.later' }, { name: 'queue.put' }] },
      { file: 'src/legacy/old.js' },
    ]);
  });

  test('a dependency that it includes can be looked at', async () => {
    project({
      'package.json': JSON.stringify({ throughline: { include: ['acme'] } }),
      'node_modules/acme/index.js': 'foo.bar(() => {});\n',
      'node_modules/other/index.js': 'foo.bar(() => {});\n',
    });
    const { stdout } = await run(...['check', '--json', 'node_modules/acme', 'node_modules/other']);

    expect((JSON.parse(stdout) as { file: string }[]).map(({ file }) => file)).toEqual([
      'node_modules/acme/index.js',
    ]);
  });

  test.each([
    [{ exclude: 1 }, /^throughline: Option "exclude" must be .*\(TL_OPTION_INVALID\)\n$/],
    [{ nonsense: 1 }, /^throughline: Option "nonsense" is unknown\..*\(TL_OPTION_UNKNOWN\)\n$/],
    [{ skip: ['x'] }, /^throughline: Option "skip" must be .*\(TL_OPTION_INVALID\)\n$/],
  ])('%j is said to be wrong once, with code 1', async (options, message) => {
    project({ ...SOURCES, 'package.json': JSON.stringify({ throughline: options }) });
    const { code, stdout, stderr } = await run('check', 'src');

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test.each([
  ['{', /^throughline: Cannot read ".*package\.json": .*\(TL_CONFIG_UNREADABLE\)\n$/],
  [
    '{ "throughline": null }',
    /^throughline: .*"throughline" must be an object.*null.*\(TL_OPTION_INVALID\)\n$/,
  ],
  ['{ "throughline": ["x"] }', /^throughline: .*must be an object.*\(TL_OPTION_INVALID\)\n$/],
])('options in a package.json that holds %s are an error', async (text, message) => {
  project({ 'a.js': '', 'package.json': text });

  expect(await run('check', 'a.js')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(message),
  });
});

describe('check --budget', () => {
  const budget = (): unknown => JSON.parse(readFileSync(join(folder, 'budget.json'), 'utf8'));
  const check = (...more: string[]): ReturnType<typeof ran> =>
    run('check', 'src', '--budget', 'budget.json', ...more);
  const WRITTEN = 'Wrote the budget to budget.json.\n';

  beforeEach(async () => {
    project({ 'src/cart.js': CART });
    expect(await check('--update')).toMatchObject({ code: 0, stderr: WRITTEN });
  });

  test('is written without lines', () => {
    expect(budget()).toEqual({
      'src/cart.js': { 'uninstrumented lodash.debounce': 1, 'unknown queue.onEmpty': 1 },
    });
  });

  test('what is as before, or moved, or better, is within it', async () => {
    expect(await check()).toMatchObject({ code: 0, stderr: '' });
    project({ 'src/cart.js': `\n\n${CART}` });
    expect(await check()).toMatchObject({ code: 0, stderr: '' });
    project({ 'src/cart.js': CART.replace('queue.onEmpty', 'drop') });
    expect(await check()).toMatchObject({ code: 0, stderr: '' });

    expect(budget()).toMatchObject({ 'src/cart.js': { 'unknown queue.onEmpty': 1 } });
  });

  test('each new loss is a line, with code 1', async () => {
    project({
      'src/cart.js': `${CART}queue.onEmpty(() => {});\nqueue.onFull(() => {});\n`,
      'src/other.js': 'foo.bar(() => {});\n',
    });
    const before = budget();
    const { code, stdout, stderr } = await check();

    expect(code).toBe(1);
    expect(stdout).toContain('2 files\n');
    expect(stderr).toBe(
      lines(
        '',
        'Over the budget in budget.json:',
        '  src/cart.js: unknown queue.onEmpty (2, was 1)',
        '  src/cart.js: unknown queue.onFull (1, was 0)',
        '  src/other.js: unknown foo.bar (1, was 0)',
      ),
    );
    expect(budget()).toEqual(before);
  });

  test('--update writes what is lost now', async () => {
    project({ 'src/cart.js': 'foo.bar(() => {});\n' });

    expect(await check('--update')).toMatchObject({ code: 0, stderr: WRITTEN });
    expect(budget()).toEqual({ 'src/cart.js': { 'unknown foo.bar': 1 } });
  });

  test('--json stays JSON', async () => {
    project({ 'src/other.js': 'foo.bar(() => {});\n' });
    const { code, stdout } = await check('--json');

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toHaveLength(2);
  });

  test('a new budget is not written while a file cannot be read', async () => {
    rmSync(join(folder, 'budget.json'));
    project({ 'src/broken.js': '(;\n' });

    expect((await check('--update')).code).toBe(1);
    expect(existsSync(join(folder, 'budget.json'))).toBe(false);
  });

  test('one that is missing is an error, because a run in CI would always pass', async () => {
    rmSync(join(folder, 'budget.json'));
    const { code, stderr } = await check();

    expect(code).toBe(1);
    expect(stderr).toMatch(/ENOENT.*Write it with --update\. \(TL_BUDGET_INVALID\)\n$/);
    expect(existsSync(join(folder, 'budget.json'))).toBe(false);
  });

  test.each(['{', '[1]', '{ "src/a.js": 1 }', '{ "src/a.js": { "unknown a.b": "1" } }'])(
    'a budget that holds %s is said to be wrong, with code 1, and kept',
    async (text) => {
      project({ 'budget.json': text });
      const { code, stderr } = await check();

      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^throughline: Cannot read the budget file "budget\.json": .*\(TL_BUDGET_INVALID\)\n$/,
      );
      expect(readFileSync(join(folder, 'budget.json'), 'utf8')).toBe(text);
      expect((await check('--update')).code).toBe(0);
    },
  );
});

describe('explain', () => {
  test('says what each place on a line sees and joins, and what becomes of it', async () => {
    project({ 'src/a.js': 'export const f = (g) => {\n  setTimeout(g, 10);\n};\n' });

    expect(await run('explain', 'src/a.js:2')).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: lines(
        'src/a.js:2',
        '',
        '  setTimeout(g, 10);',
        '',
        'setTimeout (column 3): timer.',
        '  Sees:  the context of this call, a new branch for each firing',
        '  Joins: nothing',
        '',
        'Instrumented code:',
        '',
        '    setTimeout(_spawn(g), 10);',
      ),
    });
  });

  test.each([
    ['queue.put(() => {});', 'queue.put (column 7): passes a callback to a method', 'spawnPoints'],
    ["import a from 'a'; a(() => {});", 'a.default (column 20): passes a callback', 'include'],
    ['page.evaluate(() => 1);', 'function (column 15): is not instrumented', 'without context'],
  ])('says of %s what can be done about it', async (code, what, advice) => {
    project({ 'a.js': `${code}\n` });
    const { stdout } = await run('explain', 'a.js:1');

    expect(stdout).toContain(`\n\n${what}`);
    expect(stdout).toContain(advice);
  });

  test('says of any other line that nothing is handed over there', async () => {
    project({ 'a.ts': 'const one: number = 1;\n' });

    expect((await run('explain', 'a.ts:1')).stdout).toBe(
      lines('a.ts:1', '', '  const one: number = 1;', '', 'No spawn point on this line.'),
    );
  });

  test('says why it cannot read a file, with code 1', async () => {
    project({ 'a.js': '(;\n' });
    const { code, stdout } = await run('explain', 'a.js:1');

    expect(stdout).toContain('The file cannot be instrumented: ');
    expect(code).toBe(1);
  });

  test.each(['src/a.js', 'src/a.js:', 'src/a.js:one', ':1', 'src/a.js:99', 'src/a.js:0', 'src:1'])(
    '%s is refused with code 1',
    async (position) => {
      project({ 'src/a.js': 'foo();\n' });
      const { code, stdout, stderr } = await run('explain', position);

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(
        `throughline: Expected FILE:LINE of an instrumented source file, got "${position}". ` +
          'Example: throughline explain src/cart.ts:12 (TL_POSITION_INVALID)\n',
      );
    },
  );

  test('a file where nothing is is said to be missing', async () => {
    const { code, stderr } = await run('explain', 'nowhere.js:1');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^throughline: No such file .*"nowhere\.js".*\(TL_SOURCE_MISSING\)\n$/);
  });
});

test('--help lists every command', async () => {
  const { code, stdout } = await run('--help');

  expect(code).toBe(0);
  for (const command of ['serve', 'list', 'show', 'open', 'check', 'explain', 'init']) {
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  }
});
