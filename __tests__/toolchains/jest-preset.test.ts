import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from './project';
import { run } from './programs';

const JEST = 'node_modules/jest/bin/jest.js';
const suites = join(__dirname, '..', 'jest');
const names = (kind: string): string[] => readdirSync(join(suites, kind)).sort();

let project: Project;
beforeAll(async () => {
  const babel = ['@babel/core@7.29.13', '@babel/preset-env@7.29.14'];
  project = await Project.with(
    [
      ...babel,
      '@babel/preset-typescript@7.29.7',
      'jest@30.5.2',
      'babel-jest@30.5.2',
      'jest-environment-jsdom@30.5.2',
    ],
    process.execPath,
    ['runtime', 'babel-plugin', 'jest'],
  );
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
    const output = await run(process.execPath, [program, project.folder, ...flags], {
      cwd: project.folder,
    });
    outcomes = JSON.parse(output) as typeof outcomes;
  });

  test.each(names('faults'))('%s: one report, of the guilty test and line', (name) => {
    const folder = join(suites, 'faults', name);
    const fault = JSON.parse(readFileSync(join(folder, 'fault.json'), 'utf8')) as Fault;
    const { reports } = outcomes[name]!;
    const owner = ownerOf(fault);
    const others = (fault.also ?? []).map((test) => ownerOf({ ...fault, test }));
    const [first] = reports.map(({ text }) => text).sort();
    const headlines = reports.map(({ text }) => text.split('\n')[0]!);

    expect(headlines.map((line) => line.split(': ').slice(0, -1).join(': ')).sort()).toEqual(
      [owner, ...others].sort(),
    );
    for (const line of headlines) expect(line).toMatch(sentences[fault.kind]!);
    if (fault.what) expect(first).toContain(` ${fault.what} is still open`);
    const [guilty] = marked(folder, 'guilty');
    if (fault.isFramed !== false) {
      expect(reports.map(({ text }) => text).join('\n')).toMatch(
        new RegExp(`^    > *${guilty!.line} \\|`, 'm'),
      );
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

test('without the preset: what plain Jest says is what each fault.json says', async () => {
  await run(process.execPath, [join(suites, 'plain.mjs'), project.folder], {
    cwd: project.folder,
  });
});

const babel = {
  'babel.config.cjs': `module.exports = {
    presets: [['@babel/preset-env', { targets: { node: 'current' } }]],
  };`,
};
const preset = (rest: object = {}): string =>
  JSON.stringify({ preset: '@throughline/jest', cacheDirectory: '.cache', ...rest });
const transform = (options: object): object => ({
  '\\.[cm]?[jt]sx?$': ['@throughline/jest/transformer', options],
});
/** A test that leaves an interval which no process waits for. */
const LEAK = `
  test('polls', () => { setInterval(() => {}, 60_000); });
  test('rests', () => {});`;

// Jest writes to stderr, and `run` returns stdout.
const RUN = `
  const { spawnSync } = require('node:child_process');
  const { stdout, stderr, status } = spawnSync(process.execPath, process.argv.slice(2), { encoding: 'utf8' });
  process.stdout.write(stderr + stdout + '\\nexit code ' + status);`;
const open = (files: Record<string, string>): Project =>
  project.write({ ...babel, 'run.cjs': RUN, ...files }, { type: 'commonjs' });

/** What Jest writes, and how it ends. */
const written = (...flags: string[]): Promise<string> =>
  project.run('run.cjs', JEST, '--forceExit', ...flags);

describe('policy', () => {
  test('"fail" fails the guilty test', async () => {
    open({
      'jest.config.json': preset({ transform: transform({ leaks: 'fail' }) }),
      'leak.test.js': LEAK,
    });
    const text = await written();

    expect(text).toContain('● polls');
    expect(text).toContain('Throughline: polls: an interval is still open');
    expect(text).toContain('1 failed, 1 passed');
    expect(text).toContain('exit code 1');
  });

  test('a file has the last word', async () => {
    open({
      'jest.config.json': preset({ transform: transform({ leaks: 'fail' }) }),
      'leak.test.js': `/** @throughline-leaks open-handle=off */ ${LEAK}`,
    });
    const text = await written();

    expect(text).not.toContain('is still open');
    expect(text).toContain('exit code 0');
  });

  test('what is in the baseline is not reported; what is new is', async () => {
    const config = preset({ transform: transform({ baseline: 'known.json', leaks: 'fail' }) });
    open({ 'jest.config.json': config, 'leak.test.js': LEAK });
    await project.runWith({ THROUGHLINE_BASELINE: 'update' }, 'run.cjs', JEST, '--forceExit');
    expect(JSON.parse(project.read('known.json'))).toHaveLength(1);

    project.add({ 'new.test.js': LEAK.replace("'polls'", "'polls anew'") });
    const text = await written();
    expect(text).not.toContain('● polls: ');
    expect(text).toContain('polls anew: an interval is still open');
  });
});

test('what comes late in a worker process is reported', async () => {
  open({
    'jest.config.json': preset(),
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
  const text = await written('--maxWorkers=2');

  expect(text).toContain('Throughline: late.test.js (after the file finished)');
  expect(text).toContain('● mails: console.log() was called after the test finished');
});

test('without the reporter, reports are written where the tests run', async () => {
  open({ 'jest.config.json': preset({ reporters: ['default'] }), 'leak.test.js': LEAK });
  expect(await written()).toContain('● polls: an interval is still open');
});

test('Jest takes globals apart when a file is done, and what comes late is still known', async () => {
  open({
    'jest.config.json': preset({ testEnvironmentOptions: { globalsCleanup: 'on' } }),
    'late.test.js': `test('mails', () => { setTimeout(() => console.log('mail went out'), 20); });`,
  });
  const text = await project.run('run.cjs', JEST);

  expect(text).toContain('● mails: console.log() was called after the test finished');
  expect(text).not.toContain('TypeError');
});
