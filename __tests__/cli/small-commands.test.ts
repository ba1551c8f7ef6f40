import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventFiles } from '../../collector/src/query/event-file-queries';
import { SqliteStore } from '../../collector/src/store/sqlite-store';
import { ran, root } from '../harness/child';
import { startTestCollector } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';

const throughline = join(root, 'cli', 'bin', 'throughline.js');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-small-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args: string[]): ReturnType<typeof ran> =>
  ran([throughline, ...args], { cwd: folder });

const at = (ms: number): number => 1_700_000_000_000_000 + ms * 1000;
const operation = (number: number, phase: string): [string, string][] => [
  ['operation', id(number)],
  ['phase', phase],
];
/** A request with two queries side by side. The second one decides. */
const TASK = [
  event(1, 1, [], { label: 'GET /carts', timestamp: at(0), fields: operation(1, 'begin') }),
  ...[2, 3].flatMap((number) => [
    event(1, number, [1], {
      ...{ label: `query ${number}`, source: `db.ts:${number}`, timestamp: at(number) },
      fields: operation(number, 'begin'),
    }),
    event(1, number + 10, [number], {
      ...{ label: `query ${number} ended`, timestamp: at(number * 10) },
      fields: operation(number, 'end'),
    }),
  ]),
  event(1, 9, [12, 13], {
    label: 'GET /carts 200',
    timestamp: at(32),
    fields: operation(1, 'end'),
  }),
];
const TASK_FILE = TASK.map((one) => `${JSON.stringify(one)}\n`).join('');

describe('critical', () => {
  test('prints every step, with the event that ends it', async () => {
    writeFileSync(join(folder, 'task.jsonl'), TASK_FILE);
    const { code, stdout, stderr } = await run('critical', '--latest', '--file', 'task.jsonl');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const words = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
    expect(words.map((line) => [line[0], line[1], line.at(-1)])).toEqual([
      ['+0.0 ms', '3.0 ms', id(3)],
      ['+3.0 ms', '27.0 ms', id(13)],
      ['+30.0 ms', '2.0 ms', id(9)],
    ]);
  });

  test('is JSON on request, and wants a task', async () => {
    writeFileSync(join(folder, 'task.jsonl'), TASK_FILE);
    const { stdout } = await run('critical', id(1), '--file', 'task.jsonl', '--json');
    const steps = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { to: string });

    expect(steps.map(({ to }) => to)).toEqual([id(3), id(13), id(9)]);
    expect(await run('critical')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('name a task, or use --latest') as unknown,
    });
  });
});

describe('complete', () => {
  const suggested = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await run('complete', '--', ...words);
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  };

  test('suggests commands, their options, and the values of these', async () => {
    expect(await suggested('')).toEqual(expect.arrayContaining(['run', 'why', 'export', 'backup']));
    expect(await suggested('why', '--')).toEqual(expect.arrayContaining(['--latest', '--json']));
    expect(await suggested('export', '--as', '')).toEqual(
      expect.arrayContaining(['jsonl', 'perfetto', 'xtrace']),
    );
  });

  test.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s', async (shell) => {
    const { code, stdout } = await run('complete', shell);

    expect(code).toBe(0);
    expect(stdout).toContain('throughline');
    if (shell === 'bash') {
      // The script is one that the shell takes.
      writeFileSync(join(folder, 'script.bash'), stdout);
      execFileSync('bash', ['-n', join(folder, 'script.bash')]);
    }
  });
});

describe('backup', () => {
  test('copies a store while its collector writes to it', async () => {
    const store = join(folder, 'events.db');
    const copy = join(folder, 'copy.db');
    const collector = await startTestCollector({ store });
    try {
      await collector.addEvents(TASK);
      const { code, stdout, stderr } = await run('backup', copy, '--store', store);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(`Copied ${store} to ${copy} (0.`);
      await collector.addEvents([event(2, 1)]);
    } finally {
      await collector.close();
    }
    const copied = await SqliteStore.open(copy);
    try {
      const byTime = (await openEventFiles(write('all.jsonl', TASK_FILE))).task(id(1));
      expect(await copied.task(id(1))).toEqual(await byTime);
      expect((await copied.size()).tasks).toBe(1);
    } finally {
      await copied.close();
    }
  });

  test.each([
    ['a store that is none', 'events.db', 'copy.db', 'there is no such file'],
    ['a copy that is there already', 'mine.db', 'mine.db', 'already exists'],
    ['a file of another program', 'text.db', 'copy.db', 'not a database'],
  ])('%s is told', async (_, store, copy, why) => {
    const own = await SqliteStore.open(join(folder, 'mine.db'));
    await own.close();
    write('text.db', 'x'.repeat(1000));
    const { code, stderr } = await run('backup', copy, '--store', store);

    expect(code).toBe(1);
    expect(stderr).toContain(why);
    expect(stderr).toContain('TL_STORE_UNAVAILABLE');
  });
});

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
