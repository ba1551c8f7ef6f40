import { commonjsApp, moduleApp, outcome, seen } from './app';
import { withCollector } from './events';
import { Project } from './project';

const JEST = 'node_modules/jest/bin/jest.js';
const config = (rest = ''): Record<string, string> => ({
  'babel.config.cjs': `module.exports = {
    presets: [['@babel/preset-env', { targets: { node: 'current' } }]],
    plugins: ['@throughline/babel-plugin'],
  };`,
  'jest.config.cjs': `module.exports = { cacheDirectory: '.cache', ${rest} };`,
});

let project: Project;
beforeAll(async () => {
  const babel = ['@babel/core@7.29.13', '@babel/preset-env@7.29.14'];
  project = await Project.with([...babel, 'jest@30.5.2', 'babel-jest@30.5.2']);
});
/** Runs test files; what fails in them fails here. */
async function passes(files: Record<string, string>, ...flags: string[]): Promise<void> {
  project.write({ ...moduleApp(), ...config(), ...files });
  await project.run(JEST, ...flags);
}
const answers = `
  test('answers', async () => {
    await answered();
    expect(await main()).toEqual(${JSON.stringify(seen)});
  });`;

test('the app', async () => {
  project.write({
    ...moduleApp(),
    ...config(),
    'app.test.js': `
      import { answered } from './src/events.js';
      import { main } from './src/requests.js';
      ${answers}`,
  });
  const { events } = await withCollector((env) => project.runWith(env, JEST));

  expect(events).toEqual(outcome.events);
});

test('CommonJS, without a preset', async () => {
  project.write(
    {
      ...commonjsApp(),
      ...config(),
      'babel.config.cjs': `module.exports = { plugins: ['@throughline/babel-plugin'] };`,
      'app.test.js': `
        const { answered } = require('./src/events.js');
        const { main } = require('./src/requests.js');
        ${answers}`,
      'plain.test.js': `test('no import', async () => { await null; });`,
      'mock.test.js': `
        jest.mock('./src/shop.js', () => ({ load: async (part) => { await null; return part; } }));
        const { load } = require('./src/shop.js');
        test('mocked', async () => expect(await load('it')).toBe('it'));`,
    },
    { type: 'commonjs' },
  );
  const { events } = await withCollector((env) => project.runWith(env, JEST));

  expect(events).toEqual(outcome.events);
});

test('factories of mocks: async functions, promises, timers and classes in them', () =>
  passes({
    'mock.test.js': `
      import { load } from './src/shop.js';
      jest.mock('./src/shop.js', () => {
        async function load(part) {
          await null;
          return 'mocked ' + part;
        }
        class Cart { async total() { return Promise.resolve(0); } }
        const pause = () => new Promise((resolve) => setTimeout(resolve, 1)).then(() => 'paused');
        return { ...jest.requireActual('./src/shop.js'), load, Cart, pause };
      });
      test('mocked', async () => expect(await load('it')).toBe('mocked it'));`,
    'arrow.test.js': `
      import { load } from './src/shop.js';
      jest.mock('./src/shop.js', () => ({ load: jest.fn(async (part) => { await null; return part; }) }));
      test('mocked', async () => expect(await load('it')).toBe('it'));`,
    'async-method.test.js': `
      import { load } from './src/shop.js';
      jest.mock('./src/shop.js', () => ({ async load(part) { return part; } }));
      test('mocked', async () => expect(await load('it')).toBe('it'));`,
  }));

test('a module that is mocked by its shape alone', () =>
  passes({
    'automatic.test.js': `
      import { Cart, load, pages } from './src/shop.js';
      jest.mock('./src/shop.js');
      test('mocked', () => {
        expect(load('it')).toBeUndefined();
        expect(pages()).toBeUndefined();
        expect(new Cart().total()).toBeUndefined();
        expect(load).toHaveBeenCalledWith('it');
      });`,
  }));

test('what Jest asks of test functions: done, contexts, tables, concurrency', () =>
  passes({
    'functions.test.js': `
      test('done', (done) => { setTimeout(done, 1); });
      test.each([[1, 2]])('table', async (a, b) => { await null; expect(a + 1).toBe(b); });
      test.each([[1]])('table with done', (a, done) => { setTimeout(done, a); });
      test.concurrent('concurrent', async () => { await null; });
      test.failing('failing', async () => { await null; throw new Error(); });
      test('matchers', async () => {
        await expect(Promise.resolve(1)).resolves.toBe(1);
        await expect((async () => { throw new Error('no'); })()).rejects.toThrow('no');
        expect((async () => {})()).toBeInstanceOf(Promise);
        expect(async () => {}).toEqual(expect.any(Function));
      });
      test('a spy', async () => {
        const object = { async work() { await null; return 1; } };
        const spy = jest.spyOn(object, 'work');
        expect(await object.work()).toBe(1);
        expect(spy).toHaveBeenCalledTimes(1);
        spy.mockResolvedValue(2);
        expect(await object.work()).toBe(2);
      });`,
  }));

test('fake timers', () =>
  passes({
    'timers.test.js': `
      import { Cart, user } from './src/shop.js';
      import { setLocal } from '@throughline/runtime';
      test('modern', async () => {
        jest.useFakeTimers();
        setLocal(user, 'ada');
        const waited = Cart.wait();
        await jest.advanceTimersByTimeAsync(10);
        expect(await waited).toBe('ada');
      });
      test('legacy', () => {
        jest.useFakeTimers({ legacyFakeTimers: true });
        const fn = jest.fn();
        setTimeout(fn, 1000);
        jest.runAllTimers();
        expect(fn).toHaveBeenCalledTimes(1);
        expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), 1000);
      });`,
  }));

test('modules that are loaded again share one runtime', () =>
  passes({
    'again.test.js': `
      test('again', async () => {
        const first = require('./src/requests.js');
        jest.resetModules();
        const second = require('./src/requests.js');
        expect(second).not.toBe(first);
        const seen = await Promise.all([first.main(), second.main()]);
        expect(seen).toEqual([${JSON.stringify(seen)}, ${JSON.stringify(seen)}]);
      });`,
  }));

test('coverage counts the lines that were written', async () => {
  await passes(
    {
      'src/covered.js': `
        export async function covered(flag) {
          await null;
          if (flag) return 1;
          return new Promise((resolve) => { setTimeout(() => resolve(2), 1); });
        }
        export async function never() {
          await null;
        }`,
      'covered.test.js': `
        import { covered } from './src/covered.js';
        test('it', async () => expect(await covered(false)).toBe(2));`,
    },
    ...['--coverage', '--collectCoverageFrom=src/covered.js', '--coverageReporters=json'],
  );
  const [file] = Object.values(JSON.parse(project.read('coverage/coverage-final.json')) as object);
  const { fnMap, f } = file as {
    fnMap: Record<string, { name: string }>;
    f: Record<string, number>;
  };
  const calls = Object.entries(fnMap).map(([key, { name }]) => [name, f[key]]);

  expect(calls).toEqual(
    expect.arrayContaining([
      ['covered', 1],
      ['never', 0],
    ]),
  );
});
