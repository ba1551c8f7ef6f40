import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ran } from '../harness/child';
import { commonjsApp, moduleApp, outcome, seen, typescriptApp } from './app';
import { chosen, program } from './dependencies';
import { nodeOf, Project } from './project';

const REGISTER = ['--import', '@throughline/babel-plugin/register'];
const CACHE = 'node_modules/.cache/throughline';

/** The helper that TypeScript writes into each file. */
const awaiter = `
  var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
      function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
      function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
      function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
      step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
  };`;

/** A program that loads files of each kind, or waits until others have compiled them. */
const later = {
  main: `
    import { existsSync } from 'node:fs';
    if (process.argv[2] === 'load') await import('./src/all.js');
    else {
      const missing = () => JSON.parse(process.env.FILES).filter((name) => !existsSync('${CACHE}/' + name));
      while (missing().length > 0) await new Promise((settle) => setTimeout(settle, 10));
    }`,
  files: {
    'src/all.js': `
      import './typed.ts';
      import 'untyped';
      import 'untyped/module.js';
      export * from 'typed';
      const url = await import('./later.cjs');`,
    'src/typed.ts': `export async function typed(x: number): Promise<void> { await x; }`,
    'src/later.cjs': `require('untyped/required'); require('./typed.cts'); require('typed/c.cjs');`,
    'src/typed.cts': `import { readFile } from 'node:fs'; export const x: unknown = readFile;`,
    'node_modules/untyped/package.json': `{ "name": "untyped", "main": "./index" }`,
    'node_modules/untyped/index.js': `require('./lib'); exports.a = async () => { await 1; };`,
    'node_modules/untyped/lib/index.js': `exports.b = async () => { await 1; };`,
    'node_modules/untyped/required.js': `exports.c = async () => { await 1; };`,
    'node_modules/untyped/module.js': `export const d = async () => { await 1; };`,
    'node_modules/typed/package.json': `{
      "name": "typed",
      "type": "module",
      "exports": { ".": { "import": "./index.js", "require": "./c.cjs" }, "./c.cjs": "./c.cjs" }
    }`,
    'node_modules/typed/index.js': `export const e = async () => { await 1; };`,
    'node_modules/typed/c.cjs': `exports.f = async () => { await 1; };`,
  },
};

/** Returns what we have compiled. The engine keeps what it has made of that in a folder beside it. */
function compiledIn(project: Project): string[] {
  return project.list(CACHE).filter((name) => name !== 'engine');
}

test.each([
  ['modules', moduleApp(), 'module', 'src/app.js'],
  ['CommonJS', commonjsApp(), 'commonjs', 'src/app.js'],
  ['TypeScript', typescriptApp(), 'module', 'src/app.ts'],
] as const)('with Babel 8: %s', async (_title, app, type, entry) => {
  const packages = ['@babel/core@8.1.3', '@babel/preset-typescript@8.0.7'];
  const project = await Project.with(packages, await nodeOf(24));
  project.write(app, { type });

  expect(await project.outcomeOf(...REGISTER, entry)).toEqual(outcome);
});

describe.each([20, 22, 24, 26] as const)('node --import …/register on Node %i', (major) => {
  let project: Project;
  beforeAll(async () => {
    const packages = ['@babel/core@7.29.13', '@babel/preset-typescript@7.29.7'];
    packages.push('sinon@22.1.0', 'tslib@2.9.1', '@babel/runtime@7.29.15', 'supports-color@8.1.1');
    project = await Project.with(packages, await nodeOf(major));
  });

  test('modules', async () => {
    project.write(moduleApp());

    expect(await project.outcomeOf(...REGISTER, 'src/app.js')).toEqual(outcome);
  });

  test('CommonJS', async () => {
    project.write(commonjsApp(), { type: 'commonjs' });

    expect(await project.outcomeOf(...REGISTER, 'src/app.js')).toEqual(outcome);
  });

  test('a package of Babel that the program loads first, and what that looks for', async () => {
    project.write({
      // While `debug` looks for `supports-color`, Babel would get its empty exports.
      'main.cjs': `
        exports.first = async () => { await null; };
        if (process.argv[2] === 'again') require('debug');`,
      'errors.mjs': `
        import { spawnSync } from 'node:child_process';
        const args = [...process.argv.slice(2), 'main.cjs', 'again'];
        console.log(JSON.stringify(spawnSync(process.execPath, args, { encoding: 'utf8' }).stderr));`,
    });

    // On a later start, Babel is loaded by the first file that is new.
    await project.run(...REGISTER, 'main.cjs');
    expect(await project.seenBy('errors.mjs', ...REGISTER)).toBe('');
  });

  test('CommonJS that a module imports, and a module that CommonJS imports', async () => {
    const app = Object.entries(commonjsApp()).map(([name, text]) => [
      name.replace('.js', '.cjs'),
      text.replaceAll(/(?<="?'?\.\/\w+)\.js(?=["'])/g, '.cjs'),
    ]);
    project.write({
      ...Object.fromEntries(app),
      'main.js': `
        import requests from './src/requests.cjs';
        console.log(JSON.stringify(await requests.main()));`,
      'main.cjs': `import('./main.js');`,
    });

    expect(await project.seenBy(...REGISTER, 'main.js')).toEqual(seen);
    expect(await project.seenBy(...REGISTER, 'main.cjs')).toEqual(seen);
  });

  test('CommonJS that a module imports, and that requires a module', async () => {
    project.write({
      'main.mjs': `import load from 'middle'; load().then((seen) => console.log(JSON.stringify(seen)));`,
      'node_modules/middle/package.json': '{ "name": "middle", "version": "1.0.0" }',
      'node_modules/middle/index.js': `module.exports = require('pure').default;`,
      'node_modules/pure/package.json':
        '{ "name": "pure", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
      'node_modules/pure/index.js': `import { load } from './load.js'; export default load;`,
      'node_modules/pure/load.js': `
        import { getLocal, register, setLocal } from '@throughline/runtime';
        const user = register('nobody');
        export const load = async () => { setLocal(user, 'ada'); await null; return getLocal(user); };`,
    });

    // Node 20 has no hook for modules that are required.
    const seen = major === 20 ? 'nobody' : 'ada';
    expect(await project.seenBy(...REGISTER, 'main.mjs')).toBe(seen);
  });

  test('TypeScript modules', async () => {
    project.write(typescriptApp());

    expect(await project.outcomeOf(...REGISTER, 'src/app.ts')).toEqual(outcome);
  });

  test('TypeScript as CommonJS, beside modules', async () => {
    project.write({
      ...typescriptApp(),
      'main.cts': `
        import type { EventEmitter } from 'events';
        const later = require('./later.cts') as { later(): Promise<object> };
        let bell: EventEmitter | undefined;
        later.later().then((seen: object) => console.log(JSON.stringify(seen)));`,
      'later.cts': `
        exports.later = async function later(): Promise<object> {
          const { main } = (await import('./src/requests.ts')) as { main(): Promise<object> };
          return main();
        };`,
    });

    expect(await project.seenBy(...REGISTER, 'main.cts')).toEqual(seen);
  });

  test.each(['commonjs', undefined] as const)('TypeScript modules, type %s', async (type) => {
    project.write(typescriptApp(), { type: 'commonjs' });
    if (type) project.add({ 'src/package.json': JSON.stringify({ type }) });

    expect(await project.outcomeOf(...REGISTER, 'src/app.ts')).toEqual(outcome);
  });

  test('dependencies that are included, and one that does not see the runtime', async () => {
    const asks = `const { getLocal, user } = globalThis.ours;`;
    const work = `async function work() { await null; return getLocal(user); }`;
    project
      .write(
        {
          'main.js': `
            import { getLocal, register, setLocal } from '@throughline/runtime';
            globalThis.ours = { getLocal, user: register('nobody') };
            const found = {};
            async function start(name) {
              setLocal(globalThis.ours.user, name);
              await null;
              const worked = await (await import(name)).work();
              found[name] = worked;
            }
            const names = ['linked', 'linked/common.cjs', 'kept', 'kept/common.cjs', 'plain'];
            await Promise.all(names.map(start));
            console.log(JSON.stringify(found));`,
          ...Object.fromEntries(
            ['kept', 'plain'].flatMap((name) => [
              [`node_modules/${name}/package.json`, `{ "type": "module", "main": "./index.js" }`],
              [`node_modules/${name}/index.js`, `${asks}\nexport ${work}`],
              [`node_modules/${name}/common.cjs`, `${asks}\nexports.work = work;\n${work}`],
            ]),
          ),
        },
        { throughline: { include: ['kept'] } },
      )
      .link('linked', {
        'package.json': `{ "name": "linked", "type": "module", "main": "./index.js" }`,
        'index.js': `${asks}\nexport ${work}`,
        'common.cjs': `${asks}\nexports.work = work;\n${work}`,
      });

    expect(await project.seenBy(...REGISTER, 'main.js')).toEqual({
      linked: 'linked',
      'linked/common.cjs': 'linked/common.cjs',
      kept: 'kept',
      'kept/common.cjs': 'kept/common.cjs',
      plain: 'nobody',
    });
  });

  test.each([[['node_modules/']], ['all']])('all dependencies, with %j', async (include) => {
    project.write(program, { throughline: { include, exclude: ['./src/left.js'] } });

    const all = { ...chosen, plain: 'ada' };
    expect(await project.seenBy(...REGISTER, 'src/app.js')).toEqual(all);
  });

  test('files of TypeScript by the names that TypeScript wants', async () => {
    const exported = `export const x: number = 1;`;
    project.write({
      'src/a.ts': exported,
      'src/b.tsx': exported,
      'src/c.mts': exported,
      'src/d/index.ts': exported,
      'src/e.cts': `exports.x = 1 as number;`,
      'src/f.cts': `const { x } = require('./e.cjs'); exports.x = x;`,
      'src/main.ts': `
        const names: string[] = ['./a.js', './a', './b.js', './c.mjs', './d', './e.cjs', './f.cjs'];
        const loaded = await Promise.all(names.map((name) => import(name)));
        const missing = await import('./none.js').catch(({ code }: { code: string }) => code);
        console.log(JSON.stringify([...loaded.map(({ x }) => x), missing]));`,
    });

    expect(await project.seenBy(...REGISTER, 'src/main.ts')).toEqual([
      ...[1, 1, 1, 1, 1, 1, 1],
      'ERR_MODULE_NOT_FOUND',
    ]);
  });

  test('all dependencies by default, and those that are left out by the bridge', async () => {
    const { throughline } = { throughline: { exclude: ['./src/left.js'] } };
    project.write(program, { throughline });
    expect(await project.seenBy(...REGISTER, 'src/app.js')).toEqual({ ...chosen, plain: 'ada' });

    project.write(program, { throughline: { include: [], exclude: ['./src/left.js'] } });
    const printed = await project.runWith({ THROUGHLINE_BRIDGE: 'on' }, ...REGISTER, 'src/app.js');
    expect(new Set(Object.values(JSON.parse(printed) as object))).toEqual(new Set(['ada']));
  });

  test('files that are excluded stay as they were', async () => {
    project.write(
      {
        'src/left.js': `export async function left() { await null; }`,
        'main.js': `
        import { left } from './src/left.js';
        console.log(JSON.stringify([left, async () => {}].map(String)));`,
      },
      { throughline: { exclude: ['./src'] } },
    );
    const [left, own] = (await project.seenBy(...REGISTER, 'main.js')) as string[];

    expect(left).toBe('async function left() { await null; }');
    expect(own).not.toBe('async () => {}');
  });

  test('what was compiled is kept, and used again', async () => {
    project.write(moduleApp());
    await project.runWith({ THROUGHLINE_CACHE: 'off' }, ...REGISTER, 'src/app.js');
    expect(existsSync(join(project.folder, CACHE))).toBe(false);
    await project.runWith({ THROUGHLINE_THREADS: '0' }, ...REGISTER, 'src/app.js');
    // Three files, the formats of two, and what Babel consists of.
    const kept = compiledIn(project);
    expect(kept).toHaveLength(6);
    for (const name of kept) project.add({ [`${CACHE}/${name}`]: `console.log('kept');` });

    expect(await project.run(...REGISTER, 'src/app.js')).toBe('kept\n');
    project.add({ 'src/app.js': `console.log('written again');` });
    expect(await project.run(...REGISTER, 'src/app.js')).toBe('written again\n');
  });

  test('the engine keeps what it has compiled, unless something else is asked for', async () => {
    project.write({
      'main.mjs': `
        import * as module from 'node:module';
        console.log(String(module.getCompileCacheDir?.()).includes('${CACHE}/engine'));`,
    });
    const isKept = (env: Record<string, string> = {}): Promise<string> =>
      project.runWith(env, ...REGISTER, 'main.mjs');

    expect(await isKept()).toBe(`${major > 20}\n`);
    expect(existsSync(join(project.folder, CACHE, 'engine'))).toBe(major > 20);
    expect(await isKept({ NODE_COMPILE_CACHE: join(project.folder, 'own') })).toBe('false\n');
    expect(await isKept({ NODE_V8_COVERAGE: join(project.folder, 'coverage') })).toBe('false\n');
    expect(await isKept({ THROUGHLINE_CACHE: 'off' })).toBe('false\n');
  });

  test('at a first start, threads compile what the program will load', async () => {
    project.write({ 'main.js': later.main, ...later.files });
    await project.runWith({ THROUGHLINE_THREADS: '0' }, ...REGISTER, 'main.js', 'load');
    const kept = compiledIn(project);

    project.forget(CACHE);
    await project.runWith(
      { THROUGHLINE_THREADS: '2', FILES: JSON.stringify(kept) },
      ...[...REGISTER, 'main.js', 'wait'],
    );
    expect(kept.length).toBeGreaterThan(9);
  });

  test.each([
    ['development', 'production'],
    ['production', 'development'],
  ])('what was compiled for %s is not used for %s', async (first, second) => {
    project.write({
      'main.js': `
      import { causeChain } from '@throughline/runtime/causes';
      async function main() {
        await null;
        console.log(causeChain().length > 0 ? 'development' : 'production');
      }
      main();`,
    });
    const seen: string[] = [];
    for (const env of [first, second]) {
      seen.push((await project.runWith({ NODE_ENV: env }, ...REGISTER, 'main.js')).trim());
    }

    expect(seen).toEqual([first, second]);
  });

  test('a package that the compiler needs too, when the rest comes from the cache', async () => {
    project.write({
      'app.mjs': `import debug from 'debug'; console.log(typeof debug('shop'));`,
      'twice.mjs': `
        import { spawnSync } from 'node:child_process';
        const args = [...${JSON.stringify(REGISTER)}, 'app.mjs'];
        const run = () => spawnSync(process.execPath, args, { encoding: 'utf8' });
        const said = [run(), run()].flatMap(({ stdout, stderr }) => [stdout.trim(), stderr]);
        console.log(JSON.stringify(said));`,
    });

    expect(await project.seenBy('twice.mjs')).toEqual(['function', '', 'function', '']);
  });

  test.each(['mjs', 'cjs'])(
    'stacks look alike at a first and a second start: .%s',
    async (type) => {
      project.write({
        [`main.${type}`]: `
        const deep = (left) => (left > 0 ? deep(left - 1) : new Error('deep').stack.split('\\n').length);
        console.log(JSON.stringify([Error.stackTraceLimit, deep(99), String(Error.prepareStackTrace)]));`,
      });
      const first = await project.seenBy(...REGISTER, `main.${type}`);

      expect(first).toEqual([10, 11, expect.anything()]);
      expect(await project.seenBy(...REGISTER, `main.${type}`)).toEqual(first);
    },
  );

  test.each([
    [
      'tslib',
      `__awaiter(this, void 0, void 0, function* ()`,
      `const { __awaiter } = require('tslib');`,
    ],
    [
      '@babel/runtime',
      `helper(function* ()`,
      `const helper = require('@babel/runtime/helpers/asyncToGenerator');`,
    ],
    ['the file itself', `__awaiter(this, void 0, void 0, function* ()`, awaiter],
  ])(
    'async functions that were lowered to generators, with a helper of %s',
    async (_, start, helper) => {
      const lowered = `${helper}
      exports.work = (ask) => ${start} {
        yield new Promise((settle) => setTimeout(settle, 1));
        return ask();
      }${start.startsWith('helper') ? ')();' : ');'}`;
      const main = `
      const { getLocal, register, setLocal } = require('@throughline/runtime');
      const user = register('nobody');
      async function runFor(name, work) { setLocal(user, name); await null; return work(() => getLocal(user)); }
      const works = [require('lowered'), require('./own.cjs')].map(({ work }) => work);
      const runs = works.flatMap((work) => ['ada', 'bob'].map((name) => runFor(name, work)));
      Promise.all(runs).then((seen) => console.log(JSON.stringify(seen)));`;
      project.write({
        'node_modules/lowered/package.json': '{ "name": "lowered", "main": "index.js" }',
        'node_modules/lowered/index.js': lowered,
        'own.cjs': lowered,
        'main.cjs': main,
      });

      expect(await project.seenBy(...REGISTER, 'main.cjs')).toEqual(['ada', 'bob', 'ada', 'bob']);
    },
  );

  test('spies of Sinon record the functions that were written', async () => {
    project.write({
      'main.mjs': `
        import { EventEmitter } from 'node:events';
        import fs from 'node:fs';
        import sinon from 'sinon';
        const f = () => {};
        const later = sinon.spy(globalThis, 'setTimeout');
        setTimeout(f, 1, 'more');
        later.resetHistory();
        setTimeout(f, 2);
        const emitter = new EventEmitter();
        const on = sinon.spy(emitter, 'on');
        emitter.on('x', f);
        const read = sinon.stub(fs, 'readFile').callsFake((path, callback) => callback(null, path));
        const seen = [];
        fs.readFile('x', (error, path) => seen.push(path));
        fs.readFile('y', f);
        sinon.assert.calledWith(later, f, 2);
        sinon.assert.calledWithExactly(on, 'x', f);
        const clock = sinon.useFakeTimers();
        const fake = sinon.spy(globalThis, 'setTimeout');
        setTimeout(() => seen.push('fake'), 10);
        clock.tick(10);
        console.log(JSON.stringify([
          later.args[0][0] === f, later.firstCall.args[0] === f, on.calledWith('x', f),
          read.secondCall.calledWith('y', f), later.args.length, fake.callCount, ...seen,
        ]));`,
    });

    expect(await project.seenBy(...REGISTER, 'main.mjs')).toEqual([
      ...[true, true, true, true, 1, 1],
      ...['x', 'fake'],
    ]);
  });

  test('a program in a folder that has none of our packages', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'throughline-elsewhere-'));
    const entry = pathToFileURL(
      join(project.folder, 'node_modules/@throughline/babel-plugin/dist/esm/register.js'),
    );
    try {
      writeFileSync(join(elsewhere, 'package.json'), '{}');
      writeFileSync(join(elsewhere, 'main.mjs'), `import './part.mjs'; await null; go();`);
      writeFileSync(
        join(elsewhere, 'part.mjs'),
        `globalThis.go = async () => { await null; console.log('gone'); };`,
      );
      const { stdout, stderr } = await ran(['--import', entry.href, 'main.mjs'], {
        ...{ cwd: elsewhere, node: project.node },
      });
      expect({ stdout, stderr }).toEqual({ stdout: 'gone\n', stderr: '' });
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test('with --require', async () => {
    project.write(commonjsApp(), { type: 'commonjs' });

    const flags = ['--require', '@throughline/babel-plugin/register'];
    expect(await project.outcomeOf(...flags, 'src/app.js')).toEqual(outcome);
  });

  test('an error names the line that was written', async () => {
    project.write({
      'late.js': [
        'export async function late() {',
        '  await null;',
        "  throw new Error('late');",
        '}',
        'late().catch(({ stack }) => console.log(JSON.stringify(stack)));',
      ].join('\n'),
    });
    const stack = await project.seenBy('--enable-source-maps', ...REGISTER, 'late.js');

    expect(stack).toMatch(/late\.js:3:\d+/);
  });
});
