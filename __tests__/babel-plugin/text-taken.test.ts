import { transformSync } from '@babel/core';
import throughline from '../../babel-plugin/src/index';
import { instrument, run } from '../harness/instrument';

const async = `async (x) => { await x; setTimeout(() => {}, 1); }`;

/** Programs whose function has to stay as it is written. */
const taken: Record<string, string> = {
  'page.evaluate, a literal': `page.evaluate(${async});`,
  'page.evaluate, a constant': `const fn = ${async}; page.evaluate(fn, 1);`,
  'page.evaluate, a constant that comes later': `const go = () => page.evaluate(fn); const fn = ${async};`,
  'page.evaluate, a declaration': `page.evaluate(fn); async function fn(x) { await x; }`,
  'page.evaluate, optional': `page?.evaluate(${async});`,
  'page.mainFrame().evaluate': `page.mainFrame().evaluate(${async});`,
  'page.$eval': `page.$eval('a', ${async});`,
  'page.addInitScript': `context.addInitScript(${async}, 1);`,
  'page.waitForFunction': `page.waitForFunction(${async});`,
  'browser.execute of WebdriverIO': `browser.execute(${async});`,
  'a template': 'const fn = ' + async + '; `(${fn})()`;',
  'an addition': `const fn = ${async}; '(' + fn + ')()';`,
  'new Function(fn)': `const fn = ${async}; new Function('return ' + fn);`,
  'a let that is assigned once': `let fn; fn = ${async}; page.evaluate(fn);`,
  'a member of an object': `const scripts = { run: ${async} }; page.evaluate(scripts.run);`,
  'an option of a call': `page.evaluate({ pageFunction: ${async} });`,
  'as in TypeScript, in parentheses': `page.evaluate((${async}));`,
  'jest.mock': `jest.mock('x', ${async});`,
  'jest.mock of a chain': `jest.mock('x', () => 1).mock('y', ${async});`,
  'jest.mock, optional arguments': `jest.mock('x', ${async}, { virtual: true });`,
  'vi.mock': `vi.mock('x', ${async});`,
  'vi.hoisted': `const x = vi.hoisted(${async});`,
  "'worklet'": `const fn = () => { 'worklet'; setTimeout(() => {}, 1); };`,
  "'worklet' in an async function": `async function fn() { 'worklet'; await 1; }`,
  'pool.exec of workerpool, with its arguments': `pool.exec(${async}, [1]);`,
  'pool.exec of workerpool, imported': `import workerpool from 'workerpool'; const pool = workerpool.pool(); pool.exec(${async});`,
  greenlet: `import greenlet from 'greenlet'; greenlet(${async});`,
  'toString()': `const fn = ${async}; send(fn.toString());`,
  'String()': `async function fn(x) { await x; } send(String(fn));`,
  'a computed key of an object': `const o = { [${async}]: 1, [${async}]() {} };`,
  'a computed key of a class': `class A { [${async}] = 1; static [${async}]() {} get [${async}]() { return 1; } }`,
  'a computed property': `o[${async}]; o?.[${async}];`,
  'return in a template': 'const fn = ' + async + '; make(`return ${fn}`);',
  "'worklet' at the head of the file": `'worklet'; export const fn = ${async}; export function g() { setTimeout(() => {}, 1); }`,
  'runOnUI of worklets': `import { runOnUI } from 'react-native-worklets'; runOnUI(${async})();`,
  'a hook of worklets': `import { useAnimatedStyle } from 'react-native-reanimated'; const style = useAnimatedStyle(() => { setTimeout(() => {}, 1); });`,
  'an object of a hook of worklets': `import { useAnimatedScrollHandler } from 'react-native-reanimated'; useAnimatedScrollHandler({ onScroll: ${async}, onEndDrag() { setTimeout(() => {}, 1); } });`,
  'a class of worklets': `export class A { __workletClass = true; m(s) { setTimeout(() => { s.value = 2; }, 1); } async n() { await 1; } }`,
  'a gesture': `import { Gesture } from 'react-native-gesture-handler'; Gesture.Pan().minDistance(1).onUpdate(${async});`,
  'what evaluators of TestCafe take': `import { ClientFunction } from 'testcafe'; ClientFunction(${async});`,
};
test.each(Object.entries(taken))('%s', (_name, code) => {
  expect(instrument(code)).not.toMatch(
    /_run(?:Kept)?\(|_spawn\(|_strand|_markAsync|_suspend|_beginSync/,
  );
});

/** Programs that only look like that. */
const notTaken: Record<string, string> = {
  'a name that only looks like it': `const fn = ${async}; evaluate2(fn);`,
  'exec of a query': `query.exec(${async});`,
  'a hook of that name in another program': `useAnimatedStyle(${async});`,
  'another onUpdate': `import 'react-native-gesture-handler'; store.onUpdate(${async});`,
  'a text of another function': `const fn = ${async}; const other = {}; String(other); other.toString(); fn();`,
  'another mock': `server.mock('x', ${async});`,
  'toString of something else': `const fn = ${async}; (1).toString(); fn();`,
  'a shadowed name': `const fn = ${async}; function other(fn) { return String(fn); }`,
  'the first argument of $eval': `page.$eval(${async}, 'a');`,
  'a String of its own': `import { String } from './own'; const fn = ${async}; String(fn);`,
};
test.each(Object.entries(notTaken))('not taken: %s', (_name, code) => {
  expect(instrument(code)).toMatch(/_run(?:Kept)?\(/);
});

test('a text that is taken evaluates to what it was', async () => {
  const code = `
    const sleep = async (ms) => { await new Promise((resolve) => setTimeout(resolve, ms)); return ms * 2; };
    const page = { evaluate: (fn, ...args) => (0, eval)('(' + fn + ')')(...args) };
    export const main = () => page.evaluate(sleep, 1);
    export const literal = () => page.evaluate(async (x) => { await x; return [x].map((one) => one + 1); }, 1);
  `;
  const { main, literal } = run(code) as Record<string, () => Promise<unknown>>;

  expect(await main!()).toBe(2);
  expect(await literal!()).toEqual([2]);
});

test.each([
  `jest.mock('./x', () => ({ load: async () => { await null; setTimeout(() => {}, 1); } }));`,
  `jest.mock('./x', () => ({ load: jest.fn().mockResolvedValue(1) })); jest.mock('./y', function () { return new Promise((resolve) => setTimeout(resolve, 1)); });`,
  `jest.mock('./x', () => 1).mock('./y', () => ({ load: async () => { await null; } }));`,
  `import { jest } from '@jest/globals'; jest.mock('./x', () => ({ then: (f) => Promise.resolve().then(f) }));`,
  `jest.mock('./x', () => { const events = require('events'); const em = new events(); em.on('x', () => {}); return em; });`,
  `const mockLoad = async () => { await null; }; jest.mock('./x', () => ({ load: mockLoad }));`,
  `const mockLoad = async () => { await null; }; jest.mock('./x', () => ({ load: (...args) => mockLoad(...args) }));`,
])('jest hoists %s', (code) => {
  const plugins = [[throughline, { causes: false }], require.resolve('babel-plugin-jest-hoist')];
  const result = transformSync(`${code}\nexport async function f() { await 1; }`, {
    ...{
      configFile: false,
      babelrc: false,
      filename: '/a/b.test.js',
      plugins,
    },
  })!.code!;
  const hoisted = result.search(/(_getJestObj\(\)|jest)\s*\.mock\(/);

  expect(hoisted).toBeGreaterThan(-1);
  expect(result).toMatch(/_run(?:Kept)?\(/);
});

describe('a function whose head a test runner reads', () => {
  const runner = `
    import { getLocal, register, setLocal } from '@throughline/runtime';
    const user = register('nobody');
    export const got = [];
    const it = (name, fn) => { got.push([name, String(fn).match(/^[^{]*\\{[^}]*\\}[^)]*\\)/)?.[0], fn.length, fn.constructor.name]); return fn; };
    const test = Object.assign(it, { extend: (fixtures) => fixtures, only: it });
  `;
  const forms: Record<string, string> = {
    'an arrow': `test('x', async ({ page, context: own }) => { FOUND })`,
    'a function': `test('x', async function ({ page, context: own }) { FOUND })`,
    'of only': `test.only('x', async ({ page, context: own }, info) => { FOUND })`,
    'of a fixture': `test.extend({ page: async ({ context: own, page }, use) => { FOUND } }).page`,
  };
  test.each(Object.entries(forms))('%s keeps its head and its slots', async (name, form) => {
    const found = `setLocal(user, 'ada'); await null; const first = getLocal(user); await Promise.reject(1).catch(() => {}); try { await Promise.reject(2); } catch (error) { got.push(error, getLocal(user)); } await new Promise((resolve) => setTimeout(resolve, 1)); return [first, getLocal(user), page, own];`;
    const code = `${runner}\nexport const fn = ${form.replace('FOUND', found)}; export const after = () => getLocal(user);`;
    const { fn, got, after } = run(code) as {
      fn: (fixtures: object, use?: unknown) => Promise<unknown>;
      got: unknown[];
      after(): string;
    };
    const done = fn({ page: 1, context: 2 });
    expect(after()).toBe('nobody');

    expect(await done).toEqual(['ada', 'ada', 1, 2]);
    expect(got.slice(-2)).toEqual([2, 'ada']);
    if (name !== 'of a fixture')
      expect(got[0]).toEqual([
        'x',
        expect.stringMatching(/\{\s*page,\s*context: own/),
        expect.any(Number),
        'AsyncFunction',
      ]);
    expect(String(fn)).toMatch(/^async[^{]*\{\s*(page|context: own),\s*(context: own|page)\s*\}/);
  });
});
