// npm test            everything that a change needs, on this Node
// npm run test:all    that, what depends on the engine on Node 22, 24 and 26, Promises/A+, every engine and every toolchain
//
//   --rest          only what test:all adds, with one bundler of each family in place of all toolchains
//   --totals FILE   appends the counts to a file, as JSON
//
// Ends with a line "N passed, N failed" (", N skipped").
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');
const engines = join(root, '__tests__', 'engines');
const { values } = parseArgs({
  options: { all: { type: 'boolean' }, rest: { type: 'boolean' }, totals: { type: 'string' } },
});
mkdirSync(cache, { recursive: true });

const totals = { passed: 0, failed: 0, skipped: 0 };
/** Everything that failed, printed again at the end: a long run is read from there. */
const failures = [];
const bin = (name) => join(root, 'node_modules', '.bin', name);
const PACKAGES = ['runtime', 'babel-plugin', 'ledger', 'jest', 'vitest', 'collector', 'cli'];

const short = [
  ['build', () => check('node', ['scripts/build.mjs'])],
  [
    'types, lint and format',
    () =>
      Promise.all([
        check('npm', ['run', '--silent', 'typecheck']),
        check(bin('eslint'), ['.']).then(() =>
          check(bin('prettier'), ['--check', '--log-level', 'warn', '.']),
        ),
      ]),
  ],
  ['packages as published', () => packed()],
  ['tests', (name) => jest(name, process.execPath, ['source', 'engine', 'built', 'once'])],
  [
    'budgets: size, await',
    () => check('node', ['bench/run.mjs', 'size', 'await', '--rounds', '3']),
  ],
];
const long = [
  [
    'install Node 22, 24 and 26',
    () => check('npm', ['install', '--no-package-lock', '--silent', '--prefix', engines]),
  ],
  ...['node22', 'node24', 'node26'].map((name) => [
    `tests on ${name}`,
    (step) => jest(step, join(engines, 'node_modules', name, 'bin', 'node'), ['engine', 'built']),
  ]),
  ['Promises/A+', () => check('node', ['__tests__/conformance/promises-aplus/run.mjs'])],
  ['engines', () => counted('__tests__/engines/run.mjs', process.env.CI ? ['--install'] : [])],
];
/** One tool of each family, from packed packages. */
const FAMILIES =
  /toolchains.(bundlers|vite|node|components|minified|decorators|library-classes|both-ways|fetch-servers|operations[a-z-]*|jest-suites|vitest-suites)\.test/
    .source;
const families = [
  'one bundler of each family',
  (name) => jest(name, process.execPath, ['toolchains'], ['--testPathPatterns', FAMILIES]),
];
const toolchains = ['toolchains', (name) => jest(name, process.execPath, ['toolchains'])];

const steps = values.rest
  ? [...long, families]
  : values.all
    ? [...short, ...long, toolchains]
    : short;
for (const [name, step] of steps) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const before = totals.failed;
  await step(name);
  if (totals.failed > before && !failures.some((failure) => failure.startsWith(`${name}:`))) {
    failures.push(`${name}: see its output above`);
  }
  console.log(`   ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
if (values.totals) appendFileSync(values.totals, `${JSON.stringify(totals)}\n`);
for (const failure of failures) console.log(`FAILED ${failure}`);
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = totals.failed === 0 ? 0 : 1;

/** Runs a command that passes or fails as a whole. */
async function check(command, args) {
  const executable = command === 'node' ? process.execPath : command;
  const child = spawn(executable, args, { cwd: root, stdio: 'inherit' });
  const status = await new Promise((resolve) => {
    child.on('error', (error) => (console.error(error.message), resolve(1)));
    child.on('exit', resolve);
  });
  if (status === 0) totals.passed++;
  else totals.failed++;
}

/** Packs every package once, and checks what users would install. */
async function packed() {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-packed-'));
  try {
    const workspaces = PACKAGES.flatMap((name) => ['--workspace', name]);
    await check('npm', ['pack', '--silent', '--pack-destination', folder, ...workspaces]);
    for (const file of readdirSync(folder)) {
      const name = PACKAGES.find((one) => file.includes(`-${one}-`)) ?? 'cli';
      await check(bin('publint'), ['--strict', join(folder, file)]);
      // The command line exports nothing.
      if (name === 'cli') continue;
      await check(bin('attw'), [
        join(folder, file),
        '--profile',
        'node16',
        '--quiet',
        ...untyped(name),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Entries of which only the path is used. */
function untyped(name) {
  const entries = {
    jest: ['./compiled'],
    runtime: ['./compiled-for-jest', './realm-script'],
  }[name];
  return entries ? ['--exclude-entrypoints', ...entries] : [];
}

/** Runs a runner of our own, which counts its cases. */
function counted(script, args) {
  const file = join(cache, `totals-${process.pid}.json`);
  rmSync(file, { force: true });
  spawnSync(process.execPath, [script, ...args, '--totals', file], { cwd: root, stdio: 'inherit' });
  try {
    const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += passed;
    totals.failed += failed;
    totals.skipped += skipped;
  } catch (error) {
    console.error(`${script} left no result: ${error.message}`);
    totals.failed++;
  }
}

/** Runs the test suites of some Jest projects on one engine, and counts test by test. */
function jest(name, node, projects, args = []) {
  const file = join(cache, `jest-${process.pid}.json`);
  const jestBin = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--json', '--outputFile', file, '--selectProjects', ...projects, ...args];
  if (existsSync(file)) rmSync(file);
  spawnSync(node, [jestBin, ...flags], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = results;
    totals.passed += numPassedTests;
    totals.failed += numFailedTests + numRuntimeErrorTestSuites;
    totals.skipped += numPendingTests;
    if (numPassedTests === 0) totals.failed++;
    for (const suite of results.testResults.filter((one) => one.status === 'failed')) {
      const failed = suite.assertionResults.filter((one) => one.status === 'failed');
      const titles = failed.length > 0 ? failed.map((one) => one.fullName) : ['cannot be run'];
      for (const title of titles) {
        failures.push(`${name}: ${relative(root, suite.name)}: ${title}`);
      }
    }
    rmSync(file);
  } catch (error) {
    console.error(`Jest left no result: ${error.message}`);
    totals.failed++;
  }
}
