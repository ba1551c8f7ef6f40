import { moduleApp, outcome, seen } from './app';
import { choice, chosen, program } from './dependencies';
import { withCollector } from './events';
import { nodeOf, Project } from './project';

const VITEST = 'node_modules/vitest/vitest.mjs';
const config = `
  import throughline from '@throughline/babel-plugin/vite';
  export default { plugins: [throughline()], test: { include: ['*.test.js'] } };`;

let project: Project;
beforeAll(async () => {
  project = await Project.with(
    ['@babel/core@7.29.13', 'vitest@5.1.1', 'vite@8.3.8'],
    await nodeOf(22),
  );
});
/** Runs a test file; what fails in it fails here. */
async function passes(test: string, env = {}): Promise<void> {
  project.write({ ...moduleApp(), 'vitest.config.js': config, 'one.test.js': test });
  await project.runWith(env, VITEST, 'run');
}

test('the app', async () => {
  const { events } = await withCollector((env) =>
    passes(
      `
        import { expect, test } from 'vitest';
        import { answered } from './src/events.js';
        import { main } from './src/requests.js';
        test('app', async () => {
          await answered();
          expect(await main()).toEqual(${JSON.stringify(seen)});
        });`,
      env,
    ),
  );

  expect(events).toEqual(outcome.events);
});

test('dependencies that are included and a file that is not', async () => {
  project.write({
    ...program,
    'vitest.config.js': `
      import throughline from '@throughline/babel-plugin/vite';
      export default {
        plugins: [throughline(${choice})],
        test: { include: ['*.test.js'], server: { deps: { inline: ['kept'] } } },
      };`,
    'one.test.js': `
      import { expect, test, vi } from 'vitest';
      test('chosen', async () => {
        const printed = new Promise((resolve) => {
          vi.spyOn(console, 'log').mockImplementation(resolve);
        });
        await import('./src/app.js');
        expect(JSON.parse(await printed)).toEqual(${JSON.stringify(chosen)});
      });`,
  });
  await project.run(VITEST, 'run');
});

test('Vitest reads the names of fixtures out of test functions', () =>
  passes(`
    import { beforeEach, expect, test as plain } from 'vitest';
    const test = plain.extend({
      one: async ({}, use) => { await null; await use(1); },
      two: async ({ one }, use) => { await use(one + 1); },
      async three({ one, two }, use) { await null; await use(one + two); },
    });
    beforeEach(async ({ task }) => { await null; expect(task.name).toMatch(/./); });
    plain('context', async ({ expect }) => { await null; expect(1).toBe(1); });
    plain('no await', async ({ task }) => { expect(task.name).toBe('no await'); });
    test('fixtures', async ({ two, expect }) => { await null; expect(two).toBe(2); });
    test('renamed', async ({ two: second }) => { await null; expect(second).toBe(2); });
    test('default', async ({ two = 7 }) => { await null; expect(two).toBe(2); });
    test('function', async function ({ three }) { await null; expect(three).toBe(3); });
    plain('skip', async (context) => { await null; context.skip(); });`));

test('vi.mock: factories run before the imports of their file', () =>
  passes(`
    import { expect, test, vi } from 'vitest';
    import { load } from './src/shop.js';
    vi.mock('./src/shop.js', async (importOriginal) => {
      const original = await importOriginal();
      return { ...original, load: async (part) => { await null; return 'mocked ' + part; } };
    });
    test('mocked', async () => expect(await load('it')).toBe('mocked it'));`));

test('vi.hoisted stands at the top level', () =>
  passes(`
    import { expect, test, vi } from 'vitest';
    import { load } from './src/shop.js';
    const { fake } = vi.hoisted(() => ({ fake: vi.fn(async () => 'hoisted') }));
    const late = await vi.hoisted(async () => { await null; return 3; });
    vi.mock(import('./src/shop.js'), async () => ({ load: fake }));
    test('mocked', async () => expect([await load(), late]).toEqual(['hoisted', 3]));`));

test('a module that is mocked by its shape alone', () =>
  passes(`
    import { expect, test, vi } from 'vitest';
    import { Cart, load } from './src/shop.js';
    vi.mock('./src/shop.js');
    test('mocked', () => {
      expect(load('it')).toBeUndefined();
      expect(new Cart().total()).toBeUndefined();
      expect(load).toHaveBeenCalledWith('it');
    });`));

test('fake timers', () =>
  passes(`
    import { expect, test, vi } from 'vitest';
    import { setLocal } from '@throughline/runtime';
    import { Cart, user } from './src/shop.js';
    test('advance', async () => {
      vi.useFakeTimers();
      setLocal(user, 'ada');
      const waited = Cart.wait();
      await vi.advanceTimersByTimeAsync(10);
      expect(await waited).toBe('ada');
    });`));

test('a mock records the functions that were written', () =>
  passes(`
    import { EventEmitter } from 'node:events';
    import fs from 'node:fs';
    import { afterEach, expect, test, vi } from 'vitest';
    const f = () => {};
    afterEach(() => { vi.restoreAllMocks(); vi.useRealTimers(); });
    test.each([false, true])('timers, fake: %s', (isFake) => {
      if (isFake) vi.useFakeTimers();
      vi.spyOn(globalThis, 'setTimeout');
      clearTimeout(setTimeout(f, 10));
      setTimeout(f, 20);
      expect(setTimeout).toHaveBeenCalledWith(f, 10);
      expect(setTimeout).toHaveBeenLastCalledWith(f, 20);
      expect(setTimeout.mock.calls[0][0]).toBe(f);
      setTimeout.mockClear();
      setTimeout(f, 30);
      expect(setTimeout.mock.calls).toEqual([[f, 30]]);
      expect(setTimeout.mock.lastCall).toEqual([f, 30]);
    });
    test('listeners, callbacks and thens', () => {
      const emitter = new EventEmitter();
      vi.spyOn(emitter, 'on');
      emitter.on('x', f);
      expect(emitter.on).toHaveBeenCalledWith('x', f);
      vi.spyOn(fs, 'readFile').mockImplementation(() => {});
      fs.readFile('x', f);
      expect(fs.readFile).toHaveBeenCalledWith('x', f);
      const foreign = { then: vi.fn() };
      foreign.then(f);
      expect(foreign.then).toHaveBeenCalledWith(f);
    });`));
