import { getLocal, register, setLocal } from '../../runtime/src/index';
import type { Options, WrittenSpawnPoint } from '../../babel-plugin/src/index';
import { evaluate, instrument } from '../harness/instrument';
import { inImmediate } from '../harness/uncompiled';

const user = register('nobody');

/** A library that is not compiled: calls back a turn later, from nowhere. */
const later = (callback: unknown, ...args: unknown[]): unknown =>
  typeof callback === 'function'
    ? void inImmediate(() => (callback as (...args: unknown[]) => void)(...args))
    : callback;
class Base {
  send(_what: unknown, callback: unknown): unknown {
    return later(callback);
  }
}
class Client extends Base {
  query(...args: unknown[]): unknown {
    return later(args.findLast((one) => typeof one === 'function'));
  }
}
class Batcher {
  constructor(callback: unknown) {
    later(callback);
  }
  static create = (callback: unknown): unknown => later(callback);
}
const library = Object.assign((callback: unknown): unknown => later(callback), {
  run: (_x: unknown, callback: unknown): unknown => later(callback),
  both: (first: unknown, second: unknown): unknown => [later(first), later(second)],
  make: () => (callback: unknown) => later(callback),
  Client,
  Batcher,
  Pool: { create: (callback: unknown): unknown => later(callback) },
});
const modules: Record<string, unknown> = {
  lib: library,
  'lib/deep': { run: library.run },
};

/** Runs a program's `main(callback)`, and says which user its callback saw. */
async function userOf(body: string, point: WrittenSpawnPoint | undefined): Promise<string> {
  const isScript = !/^\s*import\b/m.test(body);
  const options: Options = point ? { spawnPoints: [point] } : {};
  const code = instrument(body, options, {
    commonjs: !isScript,
    script: isScript,
  });
  const load = `const load = require; require = (name) => given[name] ?? load(name);\n`;
  const exports = evaluate(load + code, { given: modules });
  setLocal(user, 'bob');
  const found = await new Promise<string>((resolve) => {
    setLocal(user, 'ada');
    (exports['main'] as (callback: () => void) => void)(() => resolve(getLocal(user)));
    setLocal(user, 'bob');
  });
  expect(await inImmediate(() => getLocal(user))).toBe('nobody');
  return found;
}

const forms: readonly (readonly [string, WrittenSpawnPoint, string])[] = [
  [
    'a function, imported',
    { module: 'lib', call: 'run' },
    `import { run } from 'lib'; export const main = (callback) => run(1, callback);`,
  ],
  [
    'a function, renamed',
    { module: 'lib', call: 'run' },
    `import { run as go } from 'lib'; export const main = (callback) => go(1, callback);`,
  ],
  [
    'a function of a namespace',
    { module: 'lib', call: 'run' },
    `import * as lib from 'lib'; export const main = (callback) => lib.run(1, callback);`,
  ],
  [
    'a function of the default import',
    { module: 'lib', call: 'run' },
    `import lib from 'lib'; export const main = (callback) => lib.run(1, callback);`,
  ],
  [
    'a function, required',
    { module: 'lib', call: 'run' },
    `const { run } = require('lib'); exports.main = (callback) => run(1, callback);`,
  ],
  [
    'a function of what is required',
    { module: 'lib', call: 'run' },
    `const lib = require('lib'); exports.main = (callback) => lib.run(1, callback);`,
  ],
  [
    'a function, required in place',
    { module: 'lib', call: 'run' },
    `exports.main = (callback) => require('lib').run(1, callback);`,
  ],
  [
    'an optional call',
    { module: 'lib', call: 'run' },
    `const lib = require('lib'); exports.main = (callback) => lib.run?.(1, callback);`,
  ],
  [
    'a function of a deep module',
    { module: 'lib/deep', call: 'run', callback: 'last' },
    `import { run } from 'lib/deep'; export const main = (callback) => run(1, callback);`,
  ],
  [
    'a place',
    { module: 'lib', call: 'run', callback: 1 },
    `import { run } from 'lib'; export const main = (callback) => run(1, callback, {});`,
  ],
  [
    'several places',
    { module: 'lib', call: 'both', callback: [0, 1] },
    `import { both } from 'lib'; export const main = (callback) => both(null, callback);`,
  ],
  [
    'the first',
    { module: 'lib', call: 'both', callback: 'first' },
    `import { both } from 'lib'; export const main = (callback) => both(callback, 0);`,
  ],
  [
    'spread arguments',
    { module: 'lib', call: 'run' },
    `import { run } from 'lib'; export const main = (callback) => run(...[1, callback]);`,
  ],
  [
    'the default export',
    { module: 'lib', call: 'default' },
    `import lib from 'lib'; export const main = (callback) => lib(callback);`,
  ],
  [
    'the default export, required',
    { module: 'lib', call: 'default' },
    `const lib = require('lib'); exports.main = (callback) => lib(callback);`,
  ],
  [
    'what an export gives',
    { module: 'lib', call: 'make()' },
    `import { make } from 'lib'; const go = make(); export const main = (callback) => go(callback);`,
  ],
  [
    'what the default export gives',
    { module: 'lib', call: 'default()', callback: 'first' },
    `const make = require('lib').make; exports.main = (callback) => { const m = { default: 0 }; make()(callback); };`,
  ],
  [
    'a constructor',
    { module: 'lib', call: 'new Batcher' },
    `import { Batcher } from 'lib'; export const main = (callback) => new Batcher(callback);`,
  ],
  [
    'a constructor of a namespace',
    { module: 'lib', call: 'new Batcher', callback: 0 },
    `const lib = require('lib'); exports.main = (callback) => new lib.Batcher(callback);`,
  ],
  [
    'a static method',
    { module: 'lib', call: 'Batcher.create' },
    `import { Batcher } from 'lib'; export const main = (callback) => Batcher.create(callback);`,
  ],
  [
    'a member of an export',
    { module: 'lib', call: 'Pool.create' },
    `import lib from 'lib'; export const main = (callback) => lib.Pool.create(callback);`,
  ],
  [
    'a method',
    { module: 'lib', call: 'Client.prototype.send' },
    `import { Client } from 'lib'; const client = new Client(); export const main = (callback) => client.send(1, callback);`,
  ],
  [
    'a method of a base class',
    { module: 'lib', call: 'Base.prototype.send' },
    `import { Client } from 'lib'; export const main = (callback) => new Client().send(1, callback);`,
  ],
  [
    'a method in an optional chain',
    { call: 'Client.prototype.send' },
    `const { Client } = require('lib'); exports.main = (callback) => new Client()?.send?.(1, callback);`,
  ],
  [
    'a method with a callback of any name',
    { module: 'lib', call: 'Client.prototype.send' },
    `import { Client } from 'lib'; export const main = (f) => new Client().send(1, f);`,
  ],
  [
    'a global',
    { call: 'lib.run' },
    `exports.main = (callback) => globalThis.lib.run(1, callback);`,
  ],
  [
    'a listener',
    { module: 'lib', call: 'run', listener: true },
    `import { run } from 'lib'; export const main = (callback) => run(1, callback);`,
  ],
  [
    'with node:',
    { module: 'node:fs', call: 'ownCallback' },
    `const fs = require('fs'); fs.ownCallback = (callback) => setImmediate(callback); exports.main = (callback) => fs.ownCallback(callback);`,
  ],
];

describe('spawnPoints', () => {
  beforeAll(() => Object.assign(globalThis, { lib: library }));
  afterAll(() => Reflect.deleteProperty(globalThis, 'lib'));

  test.each(forms)('%s', async (name, point, code) => {
    if (name === 'what the default export gives') point = { ...point, call: 'make()' };

    expect(await userOf(code, point)).toBe('ada');
    if (!name.startsWith('with') && !code.includes('Client'))
      expect(await userOf(code, undefined)).toBe('nobody');
  });

  test('a listener runs in the frame of its trigger', () => {
    const code = `import { run } from 'given'; export const main = (callback) => run(callback);`;
    const text = instrument(
      code,
      { spawnPoints: [{ module: 'given', call: 'run', listener: true }] },
      { commonjs: true },
    );
    let kept = (): void => {};
    const exports = evaluate(
      `const load = require; require = (name) => given[name] ?? load(name);\n${text}`,
      {
        given: { given: { run: (callback: () => void) => (kept = callback) } },
      },
    );
    const found: string[] = [];
    setLocal(user, 'ada');
    (exports['main'] as (callback: () => void) => void)(() => found.push(getLocal(user)));
    setLocal(user, 'trigger');
    kept();

    expect(found).toEqual(['trigger']);
  });

  test('a name that is shadowed is nobody else', async () => {
    const code = `import { run } from 'lib'; export const main = (callback) => { const run = (f) => setIt(f); const setIt = (f) => f(f === callback); return run(callback); };`;
    const text = instrument(code, {
      spawnPoints: [{ module: 'lib', call: 'run' }],
    });

    expect(text).not.toContain('spawn');
  });

  test('a callback that is handed over keeps its name, its length and that it is async', () => {
    const code = `import { look } from 'given'; export const main = () => look(async function named(a, b, c) { await a; });`;
    const text = instrument(
      code,
      { spawnPoints: [{ module: 'given', call: 'look' }] },
      { commonjs: true },
    );
    const exports = evaluate(
      `const load = require; require = (name) => given[name] ?? load(name);\n${text}`,
      {
        given: {
          given: {
            look: (fn: (...args: unknown[]) => unknown) => [
              fn.name,
              fn.length,
              fn.constructor.name,
            ],
          },
        },
      },
    );

    expect((exports['main'] as () => unknown)()).toEqual(['named', 3, 'AsyncFunction']);
  });

  const bad: readonly (readonly [string, unknown, string, string])[] = [
    ['no list', { module: 'x' }, 'TL_OPTION_INVALID', '{"module":"x"}'],
    ['null', [null], 'TL_OPTION_INVALID', 'null'],
    ['a text', ['run'], 'TL_OPTION_INVALID', '"run"'],
    ['no call', [{ module: 'x' }], 'TL_OPTION_INVALID', 'undefined'],
    ['a call that is a number', [{ call: 3 }], 'TL_OPTION_INVALID', '3'],
    ['a call that is no name', [{ call: 'a b' }], 'TL_OPTION_INVALID', '"a b"'],
    ['an empty call', [{ call: '' }], 'TL_OPTION_INVALID', '""'],
    ['a call with arguments', [{ call: 'run(1)' }], 'TL_OPTION_INVALID', '"run(1)"'],
    ['a private method', [{ call: 'Client.#query' }], 'TL_OPTION_INVALID', '"Client.#query"'],
    ['a call that ends in a dot', [{ call: 'Client.' }], 'TL_OPTION_INVALID', '"Client."'],
    [
      'a prototype without a method',
      [{ call: 'Client.prototype' }],
      'TL_OPTION_INVALID',
      '"Client.prototype"',
    ],
    [
      'a constructor of a method',
      [{ call: 'new Client.prototype.query' }],
      'TL_OPTION_INVALID',
      '"new Client.prototype.query"',
    ],
    ['a module that is a number', [{ module: 3, call: 'x' }], 'TL_OPTION_INVALID', '3'],
    ['an empty module', [{ module: '', call: 'x' }], 'TL_OPTION_INVALID', '""'],
    ['a module that is null', [{ module: null, call: 'x' }], 'TL_OPTION_INVALID', 'null'],
    [
      'a place that is unknown',
      [{ call: 'x', callback: 'second' }],
      'TL_OPTION_INVALID',
      '"second"',
    ],
    ['a place below 0', [{ call: 'x', callback: -1 }], 'TL_OPTION_INVALID', '-1'],
    ['half a place', [{ call: 'x', callback: 0.5 }], 'TL_OPTION_INVALID', '0.5'],
    ['no places', [{ call: 'x', callback: [] }], 'TL_OPTION_INVALID', '[]'],
    ['places that are texts', [{ call: 'x', callback: ['0'] }], 'TL_OPTION_INVALID', '["0"]'],
    ['places as a text', [{ call: 'x', callback: [0, 'last'] }], 'TL_OPTION_INVALID', '[0,"last"]'],
    ['a listener that is a text', [{ call: 'x', listener: 'yes' }], 'TL_OPTION_INVALID', '"yes"'],
    [
      'an unknown key',
      [{ call: 'x', callbacks: 0 }],
      'TL_OPTION_UNKNOWN',
      '"spawnPoints[0].callbacks"',
    ],
    [
      'an unknown key of the second',
      [{ call: 'x' }, { call: 'y', name: 0 }],
      'TL_OPTION_UNKNOWN',
      '"spawnPoints[1].name"',
    ],
  ];
  test.each(bad)('%s is refused', (_name, spawnPoints, code, quoted) => {
    let error: { code?: string; message?: string } = {};
    try {
      instrument('x;', { spawnPoints } as Options);
    } catch (thrown) {
      error = thrown as typeof error;
    }

    expect(error.code).toBe(code);
    expect(error.message).toContain(quoted);
    expect(error.message).toContain('spawnPoints');
  });
});

test.each([
  `import { AsyncContext } from '@throughline/runtime/async-context';
   const user = new AsyncContext.Variable(); user.run('ada', () => {});`,
  `import { Variable } from '@throughline/runtime/async-context';
   const user = new Variable(); const f = () => user.run('ada', () => {});`,
  `import { AsyncLocalStorage } from 'node:async_hooks';
   const storage = new AsyncLocalStorage(); storage.run({}, () => {}); storage.exit(() => {});`,
  `const { AsyncResource } = require('async_hooks');
   new AsyncResource('mine').run(() => {});`,
])('what only sets a context for a call is called as it is: %#', (code) => {
  expect(instrument(code)).not.toContain('spawnInMethod');
});

test.each([
  `import { AsyncLocalStorage } from './ours.js'; const storage = new AsyncLocalStorage(); storage.run({}, () => {});`,
  `import { AsyncLocalStorage } from 'node:async_hooks'; let db = new AsyncLocalStorage(); db = open(); db.run('', () => {});`,
  `import { user } from './user.js'; user.run('ada', () => {});`,
])('and where it may be something else, its class decides: %#', (code) => {
  expect(instrument(code)).toContain('spawnInMethod');
});
