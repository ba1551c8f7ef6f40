// Runs one test262 file in each of its modes: as it is, through Babel alone, through the plugin.
import { transformSync } from '@babel/core';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import throughline from '../../babel-plugin/dist/esm/index.js';

const [directory, options] = process.argv.slice(2);
// As for production, whatever the environment says; `--options '{"causes":true}'` for development builds.
const pluginOptions = { causes: false, ...JSON.parse(options) };
const plugin = [throughline, pluginOptions];
const harness = new Map();
const runtimeFolder = fileURLToPath(new URL('../../runtime/dist/cjs/', import.meta.url));
const runtimeFiles = new Map(
  readdirSync(runtimeFolder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => [
      name,
      new vm.Script(
        `(function (require, exports) {${readFileSync(join(runtimeFolder, name), 'utf8')}\n})`,
        { filename: name },
      ),
    ]),
);

process.on('message', async (file) => {
  for (const mode of modesOf(file)) process.send({ run: await runMode(file, mode) });
  process.send({ done: true });
});
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});

function parseMeta(source) {
  const yaml = /\/\*---([^]*?)---\*\//.exec(source)?.[1] ?? '';
  const listOf = (name) => {
    const inline = new RegExp(`^${name}:\\s*\\[([^\\]]*)\\]`, 'm').exec(yaml)?.[1];
    if (inline !== undefined)
      return inline
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean);
    const block = new RegExp(`^${name}:\\s*\\n((?:\\s+- .*\\n?)+)`, 'm').exec(yaml)?.[1] ?? '';
    return [...block.matchAll(/- (\S+)/g)].map(([, item]) => item);
  };
  const negative = /^negative:\s*\n\s+phase: (\S+)\s*\n\s+type: (\S+)/m.exec(yaml);
  return {
    flags: listOf('flags'),
    includes: listOf('includes'),
    negative: negative && { phase: negative[1], type: negative[2] },
  };
}

function modesOf(file) {
  const { flags, negative } = parseMeta(read(file));
  // What must not parse tests Babel's parser, not us.
  if (negative && negative.phase !== 'runtime') return [];
  if (flags.includes('module')) return ['module'];
  if (flags.includes('raw') || flags.includes('noStrict')) return ['sloppy'];
  if (flags.includes('onlyStrict')) return ['strict'];
  return ['sloppy', 'strict'];
}

function read(file) {
  return readFileSync(join(directory, 'test', file), 'utf8');
}

async function runMode(file, mode) {
  const run = { file, mode };
  for (const [variant, transform] of Object.entries(variants)) {
    process.send({ started: { run, variant } });
    run[variant] = await outcome(file, mode, transform);
    if ((run[variant] === 'pass') !== (variant === 'before')) break;
  }
  return run;
}

/** In this order: what fails before, or passes after, needs no more. */
const variants = {
  before: (code) => code,
  after: (code, module) => instrument(code, module, [plugin]),
  babel: (code, module) => instrument(code, module, []),
};

function instrument(code, module, plugins) {
  const sourceType = module ? 'module' : 'script';
  return transformSync(code, {
    ...{ configFile: false, babelrc: false, compact: false, sourceType, plugins },
    parserOpts: {
      createParenthesizedExpressions: false,
      plugins: ['deferredImportEvaluation', 'sourcePhaseImports'],
    },
    filename: 'test262.js',
  }).code;
}

async function outcome(file, mode, transform) {
  try {
    await run(file, mode, transform);
    return 'pass';
  } catch (error) {
    return String(error?.message ?? error).split('\n')[0] || String(error);
  }
}

async function run(file, mode, transform) {
  const source = read(file);
  const { flags, includes, negative } = parseMeta(source);
  const code = transform(
    mode === 'strict' ? `"use strict";\n${source}` : source,
    mode === 'module',
  );

  let finished;
  const context = newContext((text) => {
    // A test may fail and go on to complete: what it said first counts.
    if (/^Test262:Async/.test(text)) finished ??= text;
  });
  if (!flags.includes('raw')) {
    for (const name of ['assert.js', 'sta.js', 'doneprintHandle.js', ...includes]) {
      harnessScript(name).runInContext(context);
    }
  }
  let thrown;
  try {
    const path = join(directory, 'test', file);
    const { runModule, importFrom } = moduleLoader(context, transform);
    if (mode === 'module') await runModule(path, code);
    else {
      const importModuleDynamically = importFrom(path);
      vm.runInContext(code, context, { filename: file, importModuleDynamically });
    }
  } catch (error) {
    thrown = error;
  }
  if (negative) {
    if (thrown?.constructor?.name === negative.type) return;
    throw new Error(`expected ${negative.type}, got ${thrown}`);
  }
  if (thrown) throw thrown;
  if (!flags.includes('async')) return;
  for (let tick = 0; finished === undefined && tick < 200; tick++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (finished !== 'Test262:AsyncTestComplete') throw new Error(finished ?? 'never done');
}

function harnessScript(name) {
  if (!harness.has(name)) {
    harness.set(
      name,
      new vm.Script(readFileSync(join(directory, 'harness', name), 'utf8'), { filename: name }),
    );
  }
  return harness.get(name);
}

function newContext(print) {
  const context = vm.createContext({ print });
  const global = vm.runInContext('globalThis', context);
  context.queueMicrotask = vm.runInContext('(f) => { Promise.resolve().then(f); }', context);
  context.setTimeout = setTimeout;
  context.$262 = {
    global,
    createRealm: () => newContext(print).$262,
    evalScript: (code) => vm.runInContext(code, context),
    detachArrayBuffer: (buffer) => structuredClone(buffer, { transfer: [buffer] }),
    gc() {},
    agent: {},
    destroy() {},
  };
  // Not a global the tests can see by name; what `require` and `import` below give.
  loaders.set(context, runtimeLoader(context));
  Object.defineProperty(context, 'require', {
    value: loaders.get(context),
    enumerable: false,
    configurable: true,
  });
  return context;
}

const loaders = new WeakMap();

/** Loads the built runtime into a realm of its own: its intrinsics are that realm's. */
function runtimeLoader(context) {
  const loaded = new Map();
  const load = (name) => {
    if (loaded.has(name)) return loaded.get(name);
    const exports = {};
    loaded.set(name, exports);
    const loadFrom = (request) => load(join(dirname(name), request));
    runtimeFiles.get(name).runInContext(context)(loadFrom, exports);
    return exports;
  };
  return () => load(pluginOptions.causes ? 'compiled-with-causes.js' : 'compiled.js');
}

/** The modules of one realm; a script has them too, through `import()`. */
function moduleLoader(context, transform) {
  const modules = new Map();
  const make = (path, text) => {
    const module = new vm.SourceTextModule(text, {
      context,
      identifier: pathToFileURL(path).href,
      importModuleDynamically: importFrom(path),
    });
    modules.set(path, module);
    return module;
  };
  const link = async (specifier, { identifier }) => {
    if (specifier.startsWith('@throughline/')) return runtimeModule(context);
    const path = join(dirname(fileURLToPath(identifier)), specifier);
    if (modules.has(path)) return modules.get(path);
    if (!existsSync(path)) throw new SyntaxError(`no module ${path}`);
    return make(path, transform(readFileSync(path, 'utf8'), true));
  };
  const importFrom = (path) => async (specifier) => {
    const found = await link(specifier, { identifier: pathToFileURL(path).href });
    if (found.status === 'unlinked') await found.link(link);
    await found.evaluate();
    return found;
  };
  const runModule = async (path, text) => {
    const entry = make(path, text);
    await entry.link(link);
    await entry.evaluate();
  };
  return { runModule, importFrom };
}

const runtimeModules = new WeakMap();

async function runtimeModule(context) {
  if (!runtimeModules.has(context)) {
    const exports = loaders.get(context)('@throughline/runtime/compiled');
    const names = Object.keys(exports).filter((name) => name !== '__esModule');
    const module = new vm.SyntheticModule(
      names,
      function () {
        for (const name of names) this.setExport(name, exports[name]);
      },
      { context },
    );
    runtimeModules.set(context, module);
  }
  return runtimeModules.get(context);
}
