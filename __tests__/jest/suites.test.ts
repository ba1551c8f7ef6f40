import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ran } from '../harness/child';
import { JestProject } from '../harness/jest-project';

const suites = __dirname;
const names = (kind: string): string[] => readdirSync(join(suites, kind)).sort();

/** Where the suites are copied to, and where tests write files of their own. */
const [copies, project] = [new JestProject(), new JestProject()];
beforeAll(() => copies.put('package.json', '{}'));
afterAll(() => {
  copies.remove();
  project.remove();
});

/** What preset.mjs prints of a suite. */
interface Outcome {
  readonly reports: readonly { readonly heading: string; readonly text: string }[];
  readonly tests: readonly { readonly fullName: string; readonly status: string }[];
}

/** What a fault.json says. */
interface Fault {
  readonly kind: string;
  readonly what?: string;
  readonly test?: string;
  readonly hook?: string;
  readonly describe?: string;
  /** Other tests for which the same is found. */
  readonly also?: readonly string[];
  /** Whether a line is known. */
  readonly isFramed?: boolean;
}

const sentences: Readonly<Record<string, RegExp>> = {
  'late-console': /: console\.\w+\(\) was called after the test finished/,
  'late-expect': /: expect\(\) ran after the test finished/,
  'unawaited-expect': /: expect\(\).* ran in a promise that was not awaited/,
  rejection: /: unhandled promise rejection/,
  exception: /: uncaught exception/,
  'open-handle': /: an? [\w ]+ is still open/,
  listener: /: a listener for "\w+" was not removed/,
  'pending-async': /: \w+\(\) is still pending/,
};

function ownerOf({ hook, test, describe: block }: Fault): string {
  if (hook === undefined) return test ?? block!;
  const of = hook.endsWith('Each') ? test : block;
  return of === undefined ? hook : `${hook} of ${of}`;
}

/** The lines of a suite below a comment. */
function marked(folder: string, word: string): { file: string; line: number }[] {
  return readdirSync(folder)
    .filter((file) => /\.[jt]sx?$/.test(file))
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .flatMap((text, index) =>
          text.trim() === `// ${word}` ? [{ file, line: index + 2 }] : [],
        ),
    );
}

describe.each([
  ['in two workers', []],
  ['in one process', ['--in-band']],
])('with the preset, %s', (_how, flags: string[]) => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    const program = join(suites, 'preset.mjs');
    const { stdout, stderr } = await ran([program, copies.folder, ...flags]);
    if (stdout === '') throw new Error(stderr);
    outcomes = JSON.parse(stdout) as typeof outcomes;
  });

  test.each(names('faults'))('%s: one report, of the guilty test and line', (name) => {
    const folder = join(suites, 'faults', name);
    const fault = JSON.parse(readFileSync(join(folder, 'fault.json'), 'utf8')) as Fault;
    const { reports } = outcomes[name]!;
    const others = (fault.also ?? []).map((test) => ownerOf({ ...fault, test }));
    const [{ text: first } = { text: '' }] = reports;
    const headline = first.split('\n')[0]!.replaceAll(' › ', ' ');

    expect(reports).toHaveLength(1);
    expect(headline.split(': ').slice(0, -1).join(': ')).toBe(ownerOf(fault));
    expect(headline).toMatch(sentences[fault.kind]!);
    for (const other of others) expect(first.replaceAll(' › ', ' ')).toContain(`"${other}"`);
    if (fault.what) expect(first).toContain(` ${fault.what} is still open`);
    const [guilty] = marked(folder, 'guilty');
    if (fault.isFramed !== false) {
      expect(first).toMatch(new RegExp(`^    > *${guilty!.line} \\|`, 'm'));
      expect(first).toContain(`at ${name}/${guilty!.file}:${guilty!.line}:`);
    }
    for (const { file, line } of marked(folder, 'chain')) {
      expect(first).toContain(`${name}/${file}:${line}:`);
    }
  });

  test.each(names('clean'))('%s: no line of report, and every test passes', (name) => {
    const { reports, tests } = outcomes[name]!;
    const statuses = new Set(tests.map(({ status }) => status));

    expect(reports).toEqual([]);
    expect(tests).not.toEqual([]);
    for (const other of ['passed', 'pending', 'todo']) statuses.delete(other);
    expect([...statuses]).toEqual([]);
  });
});

/** A test that leaves an interval which no process waits for. */
const LEAK = `
  test('polls', () => { setInterval(() => {}, 60_000); });
  test('rests', () => {});`;

describe('policy', () => {
  test('"fail" fails the guilty test', async () => {
    project.write({ 'leak.test.js': LEAK }, { leaks: 'fail' });
    const { code, output, tests } = await project.run(['--forceExit']);

    expect(tests['polls']!.join()).toContain('Throughline: polls: an interval is still open');
    expect(tests['rests']).toEqual([]);
    expect(output).toContain('● polls');
    expect(code).toBe(1);
  });

  test('a comment in a file overrules the options', async () => {
    const file = `/** @throughline-leaks open-handle=off */ ${LEAK}`;
    project.write({ 'leak.test.js': file }, { leaks: 'fail' });
    const { code, output } = await project.run(['--forceExit']);

    expect(output).not.toContain('is still open');
    expect(code).toBe(0);
  });

  test('what is in the baseline is not reported; what is new is', async () => {
    project.write({ 'leak.test.js': LEAK }, { baseline: 'known.json', leaks: 'fail' });
    await project.run(['--forceExit'], { THROUGHLINE_BASELINE: 'update' });
    const baseline = readFileSync(join(project.folder, 'known.json'), 'utf8');
    expect(JSON.parse(baseline)).toHaveLength(1);

    project.put('src/new.test.js', LEAK.replace("'polls'", "'polls anew'"));
    const { output } = await project.run(['--forceExit']);
    expect(output).not.toContain('● polls: ');
    expect(output).not.toContain('● polls\n');
    expect(output).toContain('polls anew: an interval is still open');
  });
});

test('what comes late in a worker process is reported', async () => {
  project.write({
    'late.test.js': `
      const { writeFileSync } = require('node:fs');
      test('mails', () => {
        setTimeout(() => {
          console.log('mail went out');
          writeFileSync(__dirname + '/told', '');
        }, 20);
      });`,
    'other.test.js': `
      const { existsSync } = require('node:fs');
      test('waits', async () => {
        while (!existsSync(__dirname + '/told')) await new Promise((resolve) => setImmediate(resolve));
      });`,
  });
  const { output } = await project.run(['--forceExit', '--maxWorkers=2']);

  expect(output).toMatch(/Throughline: src.late\.test\.js \(after the file finished\)/);
  expect(output).toContain('● mails: console.log() was called after the test finished');
});

test('without the reporter, reports are written where the tests run', async () => {
  project.write({ 'leak.test.js': LEAK }, {}, { reporters: ['default'] });
  const { output } = await project.run(['--forceExit']);

  expect(output).toContain('● polls: an interval is still open');
});

test('what comes late is known although Jest has taken the globals apart', async () => {
  const late = `test('mails', () => { setTimeout(() => console.log('mail went out'), 20); });`;
  const config = { testEnvironmentOptions: { globalsCleanup: 'on' } };
  project.write({ 'late.test.js': late }, {}, config);
  const { output } = await project.run();

  expect(output).toContain('● mails: console.log() was called after the test finished');
  expect(output).not.toContain('TypeError');
});
