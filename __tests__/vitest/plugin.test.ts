import { graphsIn } from '../harness/jest-project';
import { VitestProject } from '../harness/vitest-project';
import { join } from 'node:path';

let project: VitestProject;
beforeAll(() => (project = new VitestProject()));
afterAll(() => project.remove());

/** A test that leaves an interval, and one that leaves nothing. */
const LEAK = `
  describe('clock', () => {
    test('ticks', () => { setInterval(() => {}, 60_000); });
  });
  test('rests', () => {});`;

describe('policy', () => {
  test('"fail" fails the guilty test', async () => {
    const { code, output, tests } = await project
      .write({ 'leak.test.js': LEAK }, { leaks: 'fail' })
      .run();

    expect(tests['clock ticks']!.join()).toContain(
      'Throughline: clock › ticks: an interval is still open',
    );
    expect(tests['rests']).toEqual([]);
    expect(output).toContain('FAIL  src/leak.test.js:3:5 > clock > ticks');
    expect(code).toBe(1);
  });

  test('a comment in a file overrules the options', async () => {
    const files = { 'leak.test.js': `// @throughline-leaks open-handle=off\n${LEAK}` };
    const { code, output } = await project.write(files, { leaks: 'fail' }).run();

    expect(output).not.toContain('is still open');
    expect(code).toBe(0);
  });

  test('what is in the baseline is not reported; what is new is', async () => {
    const options = { baseline: 'known.json', leaks: 'fail' };
    await project.write({ 'leak.test.js': LEAK }, options).run({ THROUGHLINE_BASELINE: 'update' });
    expect(JSON.parse(project.read('known.json'))).toHaveLength(1);

    project.put('src/new.test.js', LEAK.replace("'ticks'", "'ticks anew'"));
    const { output } = await project.run();
    expect(output).not.toContain('● clock › ticks:');
    expect(output).toContain('● clock › ticks anew: an interval is still open');
  });
});

test('a run ends with a summary, and writes JUnit and annotations', async () => {
  project.write({ 'leak.test.js': LEAK }, { junit: 'found/leaks.xml' });
  const { code, output } = await project.run({ GITHUB_ACTIONS: 'true' });

  expect(output).toContain('Throughline: 1 open handle in 1 test file');
  expect(output).toContain(
    '::warning file=src/leak.test.js,line=3,col=27,title=Throughline::clock › ticks: an interval is still open',
  );
  expect(project.read('found/leaks.xml')).toContain(
    '<testcase classname="src/leak.test.js" name="clock › ticks: an interval is still open" time="0">',
  );
  expect(code).toBe(0);
});

test('no more than asked is printed, and the number of the others is', async () => {
  const many = [1, 2, 3].map((n) => `test('${n}', () => { setInterval(() => {}, 60_00${n}); });`);
  const { output } = await project
    .write({ 'many.test.js': many.join('\n') }, { maxPrinted: 2 })
    .run();

  expect(output.match(/^ {2}● /gm)).toHaveLength(2);
  expect(output).toContain('… 1 more finding is not printed.');
  expect(output).toContain('Throughline: 3 open handles in 1 test file');
});

test('each test is a graph, and matchers read it', async () => {
  const shop = `
    import { log } from '@throughline/runtime/xtrace';
    const load = async (part) => {
      log('load ' + part);
      await new Promise((resolve) => setTimeout(resolve, 1));
      log('loaded ' + part);
    };
    test('the shop answers', async () => {
      log('request');
      await Promise.all(['cart', 'user'].map(load));
      log('answer');
      expect('load cart').toHaveCaused('answer');
      expect('load cart').not.toHappenBefore('loaded user');
    });`;
  const { code } = await project.write({ 'shop.test.js': shop }, { events: 'graphs' }).run();
  const file = join(project.folder, 'graphs', 'src', 'shop.test.js.jsonl');

  expect(code).toBe(0);
  expect(graphsIn(file)['the shop answers']).toEqual([
    '●    the shop answers',
    '●    request',
    '├─╮',
    '● │  load cart',
    '│ ●  load user',
    '● │  loaded cart',
    '│ ●  loaded user',
    '├─╯',
    '●    answer',
    '●    passed',
  ]);
});

test('tests behave as before: fixtures, retries, polls, snapshots, contexts of hooks, tests in sources', async () => {
  project.write(
    {
      'all.test.js': `
        import { AsyncContext } from '@throughline/runtime/async-context';
        import { aroundEach, expect, onTestFinished, test, vi } from 'vitest';
        const user = new AsyncContext.Variable({ defaultValue: 'nobody' });
        aroundEach((run) => user.run('ada', run));

        const withParts = test.extend({
          part: async ({}, use) => { await null; await use('nut'); },
          pair: async ({ part }, use) => { await use([part, part]); },
        });
        withParts('fixtures', async ({ pair }) => { await null; expect(pair).toEqual(['nut', 'nut']); });
        withParts.concurrent('fixtures at once', async ({ part, expect }) => { expect(part).toBe('nut'); });

        let tries = 0;
        test('is tried again', { retry: 2 }, () => { expect(++tries).toBe(2); });
        test('polls', async () => {
          let n = 0;
          await expect.poll(() => ++n, { interval: 1 }).toBe(3);
        });
        test('cleans up', () => {
          const timer = setInterval(() => {}, 60_000);
          onTestFinished(() => clearInterval(timer));
        });
        test('sees the context of a hook', async () => {
          expect(user.get()).toBe('ada');
          await new Promise((resolve) => setTimeout(resolve, 1));
          expect(user.get()).toBe('ada');
        });
        test('mocks', () => {
          const fake = vi.fn();
          setTimeout(fake, 0);
          const spy = vi.spyOn(globalThis, 'setTimeout');
          setTimeout(fake, 10_000_000);
          expect(spy).toHaveBeenCalledWith(fake, 10_000_000);
          clearTimeout(spy.mock.results[0].value);
          spy.mockRestore();
        });
        test.skip('is skipped', () => {});
        test.todo('is to do');
        test.for([[1, 2], [2, 3]])('adds %i', ([n, next]) => { expect(n + 1).toBe(next); });`,
      'source.js': `
        export const add = (a, b) => a + b;
        if (import.meta.vitest) {
          const { expect, test } = import.meta.vitest;
          test('adds', () => expect(add(1, 2)).toBe(3));
        }`,
    },
    {},
    { includeSource: ['src/source.js'] },
  );
  const { code, output } = await project.run();

  expect(output).not.toContain('Throughline');
  expect(output).toMatch(/Tests +10 passed \| 1 skipped \| 1 todo/);
  expect(code).toBe(0);
});

test('a rejection while another test runs names the test that caused it', async () => {
  const { code, output } = await project
    .write({
      'save.test.js': `
        const save = async () => { await null; throw new Error('disk is full'); };
        test('saves', () => { setTimeout(() => void save(), 5); });
        test('waits', () => new Promise((resolve) => setTimeout(resolve, 30)));`,
    })
    .run();

  expect(output).toContain('● saves: unhandled promise rejection');
  expect(output).toContain(`The latest test that might've caused the error is "saves"`);
  expect(code).toBe(1);
});
