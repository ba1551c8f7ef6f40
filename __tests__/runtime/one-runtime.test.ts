import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(__dirname, '../../runtime/dist');
const built = existsSync(join(dist, 'esm/index.js')) ? test : test.skip;

/** Runs a module in a process of its own and returns what it prints. */
function program(code: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: __dirname,
    encoding: 'utf8',
    // Over the bridge a frame also gets through the other realm, which is uninstrumented code to this one.
    env: { ...process.env, THROUGHLINE_BRIDGE: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
const load = `
  import { createRequire } from 'node:module';
  import { pathToFileURL } from 'node:url';
  const require = createRequire(pathToFileURL(${JSON.stringify(join(dist, 'x.js'))}));
  const esm = (name) => import(pathToFileURL(${JSON.stringify(dist)} + '/esm/' + name + '.js'));
  const cjs = (name) => require(${JSON.stringify(dist)} + '/cjs/' + name + '.js');
`;

built('every entry can be imported dynamically', () => {
  // A module that exports `then` is a thenable: `await import()` calls it.
  const printed = program(`${load}
    for (const name of ['index', 'compiled', 'xtrace/node', 'report']) {
      const module = await esm(name).catch((error) => ({ error }));
      console.log(name, 'error' in module || Object.keys(module).length === 0 ? 'failed' : 'loaded');
    }
    process.exit();
  `);

  expect(printed.split('\n')).toEqual([
    'index loaded',
    'compiled loaded',
    'xtrace/node loaded',
    'report loaded',
  ]);
});

describe.each([
  ['esm', 'cjs'],
  ['cjs', 'esm'],
])('loaded as %s and then as %s', (first, second) => {
  built('a slot of one copy is a slot of the other', () => {
    const printed = program(`${load}
      const a = await ${first}('index');
      const b = await ${second}('index');
      const user = a.register('nobody');
      const read = [];
      await a.snapshot().run(() => {
        b.setLocal(user, 'ada');
        read.push(a.getLocal(user));
        const spawned = b.wrap(() => read.push(a.getLocal(user)));
        a.setLocal(user, 'bob');
        return new Promise((resolve) => setImmediate(() => resolve(spawned())));
      });
      read.push(b.getLocal(user));
      console.log(JSON.stringify(read));
    `);

    expect(JSON.parse(printed)).toEqual(['ada', 'ada', 'nobody']);
  });

  built('both copies log into one queue, of one task', () => {
    const printed = program(`${load}
      const a = await ${first}('xtrace/node');
      const b = await ${second}('xtrace/node');
      a.log('one');
      b.log('two');
      console.log(JSON.stringify([a.stats().logged, b.stats().logged, a.getTaskId() === b.getTaskId()]));
      process.exit();
    `);

    expect(JSON.parse(printed)).toEqual([2, 2, true]);
  });

  built('loggers of both copies have one level', () => {
    const printed = program(`${load}
      const a = await ${first}('logger');
      const b = await ${second}('logger');
      a.setLevel('trace');
      console.log(b.getLogger('shop').isEnabled('trace'));
      process.exit();
    `);

    expect(printed).toBe('true');
  });

  built('a copy that speaks another protocol fails loudly', () => {
    const printed = program(`${load}
      globalThis[Symbol.for('throughline.runtime')] = { protocol: 0, parts: new Map() };
      try {
        await ${first}('index');
        console.log('loaded');
      } catch (error) {
        console.log(error.code, error.message);
      }
    `);

    expect(printed).toMatch(/^TL_RUNTIME_VERSIONS .*protocol 0.*\(TL_RUNTIME_VERSIONS\)$/);
  });
});

describe.each([
  ['a context of vm', `vm.createContext({ ...globals })`],
  [
    'a window of jsdom',
    `new (require('jsdom').JSDOM)('', { runScripts: 'outside-only' }).getInternalVMContext()`,
  ],
])('%s is a realm of its own', (_, context) => {
  const realms = `${load}
    import vm from 'node:vm';
    import { readFileSync } from 'node:fs';
    import { dirname, resolve } from 'node:path';
    const globals = { setTimeout, setImmediate, queueMicrotask, console };
    /** Loads CommonJS as that realm's own. */
    const loaderOf = (realm) => {
      const modules = new Map();
      const load = (file) => {
        if (modules.has(file)) return modules.get(file).exports;
        const module = { exports: {} };
        modules.set(file, module);
        const code = '(function (require, module, exports) {' + readFileSync(file, 'utf8') + '\\n})';
        const run = vm.runInContext(code, realm, { filename: file });
        run((name) => load(resolve(dirname(file), name)), module, module.exports);
        return module.exports;
      };
      return (name) => load(${JSON.stringify(dist)} + '/cjs/' + name + '.js');
    };
    const other = loaderOf(${context});
    const here = cjs('index');
    const there = other('index');
  `;

  built('slots of one are not slots of the other, and its tokens are refused', () => {
    const printed = program(`${realms}
      const mine = here.register('nobody');
      const theirs = there.register('nobody');
      const read = [here.register === there.register];
      here.snapshot().run(() => {
        here.setLocal(mine, 'ada');
        there.snapshot().run(() => {
          there.setLocal(theirs, 'bob');
          read.push(here.getLocal(mine), there.getLocal(theirs));
        });
        read.push(here.getLocal(mine), there.getLocal(theirs));
      });
      for (const [realm, token] of [[here, theirs], [there, mine]]) {
        try {
          realm.getLocal(token);
          read.push('taken');
        } catch (error) {
          read.push(error.code);
        }
      }
      console.log(JSON.stringify(read));
      process.exit();
    `);

    expect(JSON.parse(printed)).toEqual([
      ...[false, 'ada', 'bob', 'ada', 'nobody', 'TL_TOKEN_INVALID', 'TL_TOKEN_INVALID'],
    ]);
  });

  built('a strand that awaits a promise of the other keeps its frame, and so does that one', () => {
    const printed = program(`${realms}
      const [a, b] = [cjs('compiled'), other('compiled')];
      const mine = here.register('nobody');
      const theirs = there.register('nobody');
      const read = [];
      const callee = () => b.run(async (strand) => {
        there.setLocal(theirs, 'bob');
        b.resume(strand, await b.suspend(strand, new Promise((resolve) => setImmediate(resolve))));
        read.push(there.getLocal(theirs), here.getLocal(mine));
        b.end(strand);
      });
      const caller = () => a.run(async (strand) => {
        here.setLocal(mine, 'ada');
        a.resume(strand, await a.suspend(strand, callee()));
        read.push(here.getLocal(mine), there.getLocal(theirs));
        a.end(strand);
      });
      await caller();
      read.push(here.getLocal(mine), there.getLocal(theirs));
      console.log(JSON.stringify(read));
      process.exit();
    `);

    expect(JSON.parse(printed)).toEqual(['bob', 'nobody', 'ada', 'nobody', 'nobody', 'nobody']);
  });
});

built.each(['esm', 'cjs'])(
  '%s after an older copy whose state lacks a part fails loudly',
  (form) => {
    const printed = program(`${load}
    globalThis[Symbol.for('throughline.runtime')] = { protocol: 4, parts: new Map([['here', { frame: {} }]]) };
    for (const entry of ['index', 'compiled', 'faces/async-context', 'faces/async-local-storage']) {
      try {
        await ${form}(entry);
        console.log('loaded');
      } catch (error) {
        console.log(error.code);
      }
    }
  `);

    expect(printed.split('\n')).toEqual(Array(4).fill('TL_RUNTIME_VERSIONS'));
  },
);

describe.each([
  ['esm', 'cjs'],
  ['cjs', 'esm'],
])('the faces, loaded as %s and as %s', (first, second) => {
  built('share one frame: a run of one is seen across the other', () => {
    const printed = program(`${load}
      const { AsyncContext } = await ${first}('faces/async-context');
      const other = await ${second}('faces/async-context');
      const { AsyncLocalStorage } = await ${second}('faces/async-local-storage');
      const { wrap } = await ${first}('index');
      const variable = new AsyncContext.Variable({ defaultValue: 'nobody' });
      const storage = new AsyncLocalStorage();
      const kept = variable.run('ada', () => storage.run('bob', () => new other.AsyncContext.Snapshot()));
      const wrapped = storage.run('cleo', () => wrap(() => [variable.get(), storage.getStore()]));
      console.log(JSON.stringify([kept.run(() => [variable.get(), storage.getStore()]), wrapped()]));
    `);

    expect(JSON.parse(printed)).toEqual([
      ['ada', 'bob'],
      ['nobody', 'cleo'],
    ]);
  });
});

built('a program that froze the global object first', () => {
  const printed = program(`${load}
    Object.freeze(globalThis);
    const { getLocal, register, setLocal } = await esm('index');
    const { run } = await esm('compiled');
    const slot = register('nobody');
    await run(async () => { setLocal(slot, 'ada'); console.log(getLocal(slot)); });
    process.exit();
  `);

  expect(printed).toBe('ada');
});
