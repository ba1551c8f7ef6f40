import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ran } from '../harness/child';
import { JestProject } from '../harness/jest-project';
import { expectClean, expectFault, suitesFor } from '../harness/suites';
import type { Outcome } from '../harness/suites';

const suites = __dirname;

/** Where the suites are copied to, and where tests write files of their own. */
const [copies, project] = [new JestProject(), new JestProject()];
beforeAll(() => copies.put('package.json', '{}'));
afterAll(() => {
  copies.remove();
  project.remove();
});

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
  }, 300_000);

  test.each(suitesFor('faults', 'jest'))('%s: one report, of the guilty test and line', (name) =>
    expectFault(name, outcomes[name]!),
  );

  test.each(suitesFor('clean', 'jest'))('%s: no line of report, and every test passes', (name) =>
    expectClean(outcomes[name]!),
  );
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
