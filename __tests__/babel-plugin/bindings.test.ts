import { instrument, run } from '../harness/instrument';

const isRewritten = (code: string): boolean => instrument(code).includes('@throughline/runtime');

describe('a name that stands for a global', () => {
  test.each([
    'setTimeout(tick);',
    'globalThis.setTimeout(tick);',
    'window.setTimeout(tick);',
    'self.setTimeout(tick);',
    'global.setTimeout(tick);',
    "globalThis['setTimeout'](tick);",
    'globalThis.process.nextTick(tick);',
    'setTimeout?.(tick);',
    'globalThis?.setTimeout(tick);',
    'process.nextTick(tick);',
    'scheduler.postTask(tick);',
    'window.scheduler.postTask(tick);',
    'requestAnimationFrame(tick);',
    'requestIdleCallback(tick);',
    'globalThis.Promise.all([]);',
    'new globalThis.Promise(executor);',
    'typeof setTimeout; setTimeout(tick);',
    'function f() { setTimeout(tick); } function g(setTimeout) {}',
    '{ let setTimeout; } setTimeout(tick);',
  ])('is a spawn point: %s', (code) => {
    expect(isRewritten(code)).toBe(true);
  });

  test.each([
    ['a parameter', 'function f(setTimeout) { setTimeout(tick); }'],
    ['a parameter with a pattern', 'function f({ setTimeout }) { setTimeout(tick); }'],
    ['a parameter further out', 'function f(setTimeout) { return () => { setTimeout(tick); }; }'],
    ['a let', '{ let setTimeout = x; setTimeout(tick); }'],
    ['a var that comes later', 'function f() { setTimeout(tick); var setTimeout; }'],
    ['a function that comes later', 'setTimeout(tick); function setTimeout() {}'],
    ['a class', 'class Promise {} new Promise(executor); Promise.all([]);'],
    ['a catch parameter', 'try {} catch (setTimeout) { setTimeout(tick); }'],
    ['the name of a function expression', '(function setTimeout() { setTimeout(tick); });'],
    ['the name of a class expression', '(class Promise { m() { Promise.all([]); } });'],
    ['a loop variable', 'for (const setTimeout of all) setTimeout(tick);'],
    ['an import', "import { setTimeout } from './mine.js'; setTimeout(tick);"],
    ['a default import', "import setTimeout from './mine.js'; setTimeout(tick);"],
    ['a namespace', "import * as process from './mine.js'; process.nextTick(tick);"],
    ['a local process', 'const process = make(); process.nextTick(tick);'],
    ['a local window', 'function f(window) { window.setTimeout(tick); }'],
    ['a local globalThis', 'function f(globalThis) { globalThis.process.nextTick(tick); }'],
    ['a local scheduler', 'const scheduler = make(); scheduler.postTask(tick);'],
    [
      'a module of another name',
      "import { setTimeout } from 'node:timers/promises'; setTimeout(1);",
    ],
    ['a local require', "function f(require) { const t = require('timers'); t.setTimeout(tick); }"],
    ['a require of another module', "const { setTimeout } = require('./mine'); setTimeout(tick);"],
    ['a member of something else', 'clock.setTimeout(tick);'],
    ['a deeper member', 'window.frame.setTimeout(tick);'],
    ['a private member', 'class A { #setTimeout; f() { this.#setTimeout(tick); } }'],
    ['a computed member', 'globalThis[setTimeout](tick);'],
    [
      'another export',
      "import { clearTimeout as setTimeout } from 'node:timers'; setTimeout(tick);",
    ],
    ['names every object has', 'toString(tick); constructor(tick); process.toString(tick);'],
    [
      'a variable that was required and then replaced',
      "let t = require('timers'); t = fake; t.setTimeout(tick);",
    ],
  ])('is none when it is shadowed by %s', (_, code) => {
    expect(isRewritten(code)).toBe(false);
  });
});

describe("a name that stands for an export of one of Node's modules", () => {
  test.each([
    "import { setTimeout } from 'node:timers'; setTimeout(tick);",
    "import { setTimeout as later } from 'timers'; later(tick);",
    "import { 'setTimeout' as later } from 'timers'; later(tick);",
    "import timers from 'node:timers'; timers.setTimeout(tick);",
    "import { default as timers } from 'node:timers'; timers.setTimeout(tick);",
    "import * as timers from 'node:timers'; timers.setTimeout(tick);",
    "import * as timers from 'node:timers'; timers['setTimeout'](tick);",
    "import process from 'node:process'; process.nextTick(tick);",
    "import { nextTick } from 'process'; nextTick(tick);",
    "const timers = require('timers'); timers.setTimeout(tick);",
    "const { setTimeout: later } = require('node:timers'); later(tick);",
    "const { 'setTimeout': later } = require('node:timers'); later(tick);",
    "var later = require('timers').setTimeout; later(tick);",
    "require('timers').setTimeout(tick);",
    "function f() { const timers = require('timers'); timers.setTimeout(tick); }",
  ])('is a spawn point: %s', (code) => {
    expect(instrument(code)).toContain('_spawn(tick)');
  });
});

describe('an alias of a global', () => {
  test.each([
    'const later = setTimeout; later(tick);',
    'const { setTimeout: later } = globalThis; later(tick);',
    'const { nextTick } = process; nextTick(tick);',
    'const P = Promise; new P(executor);',
    '(0, setTimeout)(tick);',
  ])('is a spawn point: %s', (code) => {
    expect(isRewritten(code)).toBe(true);
  });
});

describe('names that the plugin writes', () => {
  test('clash with none of the module, however deep', () => {
    const { f } = run(`
      let _run = 'run', _sites = 'sites', _key = 'key', _receiver = 'receiver';
      export const f = async () => {
        const inner = async (_strand, { _strand2 } = {}, ..._rest) => {
          await null;
          return [_strand, _strand2, _rest, _run, _sites, _key, _receiver];
        };
        const o = { async ['a' + 1]() { return _key; } };
        return [await inner(1), await o.a1(), await [0].at(0).toString()];
      };
    `) as { f: () => Promise<unknown> };

    return expect(f()).resolves.toEqual([
      [1, undefined, [], 'run', 'sites', 'key', 'receiver'],
      'key',
      '0',
    ]);
  });

  test('clash with no global that the module reads', () => {
    const output = instrument('export const f = async () => { await _strand; await _run; };');

    expect(output).toContain(', _strand)');
    expect(output).toContain(', _run)');
    expect(output).not.toMatch(/run as _run\b/);
    expect(output).not.toMatch(/async _strand =>/);
  });

  test('are declared once each', () => {
    const output = instrument(
      'a.b.then(c()); d.e.then(f()); ({ async [g]() {} }); class A { async [h]() {} }',
    );

    expect(output.match(/^var .*$/m)?.[0]).toBe('var _key, _key2;');
  });
});

describe('receivers of methods', () => {
  test('are kept by no variable of the module or the function', () => {
    const output = instrument(`
      connect().on('data', handle());
      connect()?.on('data', handle());
      open().onmessage = handle;
      const f = () => connect()?.inner?.on?.('data', handle());
    `);
    const variables = [...output.matchAll(/\bvar (.*);/g)].flatMap(([, names]) =>
      names!.split(', ').filter((name) => !name.includes('=')),
    );

    expect(variables.length).toBeGreaterThan(0);
    for (const name of variables) expect(output).toContain(`_first(${name}, ${name} = void 0)`);
  });

  test('are evaluated once, in their place', async () => {
    const { main } = run(`
      export const main = async () => {
        const order = [];
        const next = (name, value) => (order.push(name), value);
        const list = [Promise.resolve(1)];
        let i = 0;
        await list[i++].then(next('callback', () => next('runs')));
        order.push(i);
        return order;
      };
    `) as { main: () => Promise<unknown> };

    expect(await main()).toEqual(['callback', 'runs', 1]);
  });

  test('that are assigned in the arguments are still the ones before', async () => {
    const { main } = run(`
      export const main = async () => {
        let promise = Promise.resolve('first');
        const seen = promise.then(((promise = Promise.resolve('second')), (value) => value));
        return [await seen, await promise];
      };
    `) as { main: () => Promise<unknown> };

    expect(await main()).toEqual(['first', 'second']);
  });

  test('may be nested in one another and in awaits', async () => {
    const { main } = run(`
      export const main = async () => {
        const load = (value) => Promise.resolve({ promise: Promise.resolve(value) });
        const deep = await (await load(1)).promise.then(
          await (await load((n) => n + 1)).promise.then((f) => f, String(await load(2))),
          String(0),
        );
        return deep;
      };
    `) as { main: () => Promise<unknown> };

    expect(await main()).toBe(2);
  });

  test('of super calls are this', async () => {
    const { main } = run(`
      class Mine extends Promise {
        then(a, b) { return super.then(a, b); }
        catch(b) { return super.catch(b); }
        finally(c) { return super['finally'](c); }
      }
      export const main = () => Mine.reject(1).catch((n) => n + 1).finally(() => {});
    `) as { main: () => Promise<unknown> };

    expect(await main()).toBe(2);
  });
});
