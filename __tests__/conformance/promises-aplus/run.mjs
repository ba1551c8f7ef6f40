// node __tests__/conformance/promises-aplus/run.mjs [--from FOLDER] [--plain]
//
// Runs Promises/A+ through compiled code: the adapters and the tests themselves are instrumented, so
// that every `then` of theirs is one of ours. The package is looked up from FOLDER (this repository by
// default); without it there is nothing to run. With --plain nothing is instrumented.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { from: { type: 'string' }, plain: { type: 'boolean' } } });
const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..', '..');
const require = createRequire(import.meta.url);
const elsewhere = createRequire(join(values.from ?? root, 'package.json'));

const folder = packageFolder('promises-aplus-tests');
if (folder === undefined) {
  console.log('promises-aplus-tests is not installed: 0 passed, 0 failed, 1 skipped');
  process.exit(0);
}
const compiledFiles = values.plain ? 0 : instrumentFiles();

// Its tests leave rejections to nobody, and so does every adapter made of two promises.
process.on('unhandledRejection', () => {});

const totals = { passed: 0, failed: 0 };
for (const [name, adapter] of Object.entries(require('./adapters.js'))) {
  const failed = await runSuite(adapter);
  console.log(`${name}: ${failed} failed`);
  totals.failed += failed;
}
const files = values.plain ? '' : `, ${compiledFiles.size} files instrumented`;
console.log(`${totals.passed} passed, ${totals.failed} failed${files}`);
// A run in which nothing went through the plugin proves nothing.
if (!values.plain && compiledFiles.size < 2) totals.failed++;
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

function packageFolder(name) {
  try {
    return join(elsewhere.resolve(`${name}/package.json`), '..');
  } catch {
    return undefined;
  }
}

/** Sends the adapters and the package's tests through the plugin as they are loaded. */
function instrumentFiles() {
  const { transformSync } = require('@babel/core');
  const compiled = new Set();
  const Module = require('node:module');
  const load = Module._extensions['.js'];
  const tests = join(folder, 'lib', 'tests');
  Module._extensions['.js'] = (module, filename) => {
    if (!filename.startsWith(tests) && filename !== join(here, 'adapters.js')) {
      return load(module, filename);
    }
    const source = require('node:fs').readFileSync(filename, 'utf8');
    const { code } = transformSync(source, {
      ...{ configFile: false, babelrc: false, filename, sourceType: 'script', cwd: '/' },
      plugins: [
        [require('@throughline/babel-plugin'), { runtime: join(root, 'runtime', 'dist', 'cjs') }],
      ],
    });
    if (code !== source) compiled.add(filename);
    module._compile(code, filename);
  };
  return compiled;
}

/** Runs the suite once over an adapter. Its tests keep their adapter in a global, so they are loaded anew. */
function runSuite(adapter) {
  for (const file of Object.keys(elsewhere.cache)) {
    if (file.startsWith(folder)) Reflect.deleteProperty(elsewhere.cache, file);
  }
  const suite = elsewhere('promises-aplus-tests');
  return new Promise((resolve) => {
    suite(adapter, { reporter: Counter, timeout: 2000 }, (error) => resolve(error?.failures ?? 0));
  });
}

/** Prints what failed, and counts. */
function Counter(runner) {
  runner.on('pass', () => totals.passed++);
  runner.on('fail', (test, error) => console.log(`  ${test.fullTitle()}\n    ${error.message}`));
}
