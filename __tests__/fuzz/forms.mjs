// The two forms of a program: as it is written, over Node's own storages, and compiled, over ours.
import babel from '@babel/core';
import async_hooks from 'node:async_hooks';
import { createRequire } from 'node:module';
import { kitFor, names } from './kit.mjs';
import { textOf } from './writer.mjs';

const root = new URL('../../', import.meta.url);
const [major] = process.versions.node.split('.').map(Number);

/** Node's own storages; what they hold is exact where Node gives what its documentation says. */
export const plainWith = (isBridged) => ({
  isBridged,
  compile: (code) => code,
  require: createRequire(root),
  storages: storagesOf(async_hooks.AsyncLocalStorage),
  bind: (fn) => async_hooks.AsyncLocalStorage.bind(fn),
  isOurs: false,
  isExact: major >= 24,
  get: () => 'root',
  set: () => {},
  start: () => {},
});

/** Ours, from built files. */
export function compiledWith({ runtime, plugin, causes, isBridged }) {
  const require = createRequire(`${runtime}/`);
  const { getLocal, register, setLocal } = require('./index.js');
  const { AsyncLocalStorage } = require('./faces/async-local-storage.js');
  const kernel = require('./kernel/index.js');
  const slot = register('root');
  const options = { causes, runtime };
  return {
    compile(code) {
      const plugins = [[createRequire(root)(plugin), options]];
      const parsing = { configFile: false, babelrc: false, sourceType: 'script' };
      return babel.transformSync(code, { ...parsing, plugins, compact: false }).code;
    },
    require: (name) =>
      require(name.startsWith(runtime) ? `.${name.slice(runtime.length)}.js` : name),
    storages: storagesOf(AsyncLocalStorage),
    bind: (fn) => AsyncLocalStorage.bind(fn),
    isOurs: true,
    isBridged,
    isExact: true,
    get: () => getLocal(slot),
    set: (value) => setLocal(slot, value),
    /** What an earlier program left behind is not this one's failure. */
    start: () => kernel.setCurrentFrame(kernel.OUTSIDE),
  };
}

function storagesOf(Storage) {
  return { a: new Storage(), b: new Storage() };
}

/** Programs as functions of their kits, compiled together. */
function loaded(form, programs) {
  const bodies = programs.map(
    (statements) => `({ ${names.join(', ')} }) => async (me) => { ${textOf(statements)} }`,
  );
  const code = form.compile(`module.exports = [\n${bodies.join(',\n')}\n];`);
  const module = { exports: [] };
  new Function('require', 'module', 'exports', code)(form.require, module, module.exports);
  return module.exports;
}

/** Runs programs side by side, to their end; gives what each noted, and what was wrong. */
export async function executed(form, programs, ids) {
  const runs = loaded(form, programs).map((make, i) => {
    const run = kitFor(form, ids[i]);
    run.main = make(run.kit);
    return run;
  });
  form.start();
  let open = runs.length;
  for (const { main, kit } of runs) {
    // Each starts in a turn of its own, from root.
    setImmediate(() => {
      void main({ v: 'root', w: {} })
        .catch(kit.note)
        .finally(() => open--);
    });
  }
  const started = Date.now();
  for (let quiet = 0; quiet < 3;) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const { watch } of runs) watch();
    quiet = open === 0 && runs.every(({ isDone }) => isDone()) ? quiet + 1 : 0;
    if (Date.now() - started > 60_000) throw new Error('A program does not end.');
  }
  return runs;
}
