// npm test            build, types, lint, format, package checks and tests: run this for every change
// npm run test:all    also the tests on Node 22, 24 and 26, Promises/A+, every engine, and every toolchain with
//                     the packed packages
//
// --rest runs only what test:all adds, without the toolchains, which install a gigabyte. --totals FILE appends the
// totals as JSON. The last line is "N passed, N failed" (", N skipped").
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
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
/** Failures, printed again at the end, because that is where people look first after a long run. */
const failures = [];
const bin = (name) => join(root, 'node_modules', '.bin', name);

const short = [
  ['build', () => check('node', ['scripts/build.mjs'])],
  ['types', () => check('npm', ['run', '--silent', 'typecheck'])],
  ['lint', () => check(bin('eslint'), ['.'])],
  ['format', () => check(bin('prettier'), ['--check', '--log-level', 'warn', '.'])],
  ...['runtime', 'babel-plugin', 'jest', 'collector'].flatMap((name) => [
    [`publint ${name}`, () => check(bin('publint'), ['--strict', name])],
    [
      `types as published: ${name}`,
      () =>
        check(bin('attw'), ['--pack', name, '--profile', 'node16', '--quiet', ...untyped(name)]),
    ],
  ]),
  ['tests', (name) => jest(name, process.execPath, ['source', 'built'])],
];
const long = [
  [
    'install Node 22, 24 and 26',
    () => check('npm', ['install', '--no-package-lock', '--silent', '--prefix', engines]),
  ],
  ...['node22', 'node24', 'node26'].map((name) => [
    `tests on ${name}`,
    (step) => jest(step, join(engines, 'node_modules', name, 'bin', 'node'), ['source', 'built']),
  ]),
  ['Promises/A+', () => check('node', ['__tests__/conformance/promises-aplus/run.mjs'])],
  ['engines', () => counted('__tests__/engines/run.mjs', process.env.CI ? ['--install'] : [])],
];

const toolchains = ['toolchains', (name) => jest(name, process.execPath, ['toolchains'])];

const steps = values.rest ? long : values.all ? [...short, ...long, toolchains] : short;
for (const [name, step] of steps) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const before = totals.failed;
  step(name);
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

/** Returns flags that exclude entry points without types: programs, and files used only by path. */
function untyped(name) {
  const entries = { jest: ['./main', './compiled'], collector: ['./main'] }[name];
  return entries ? ['--exclude-entrypoints', ...entries] : [];
}

/** Runs a command that passes or fails as a whole. */
function check(command, args) {
  const executable = command === 'node' ? process.execPath : command;
  const { status, error } = spawnSync(executable, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(error.message);
  if (status === 0) totals.passed++;
  else totals.failed++;
}

/** Runs one of our own test runners, which writes how many cases passed, failed and were skipped. */
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
    console.error(`${script} wrote no readable results: ${error.message}`);
    totals.failed++;
  }
}

/** Runs Jest projects on one Node and counts each test. */
function jest(name, node, projects) {
  const file = join(cache, `jest-${process.pid}.json`);
  const jestBin = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  spawnSync(node, [jestBin, '--json', '--outputFile', file, '--selectProjects', ...projects], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = results;
    totals.passed += numPassedTests;
    totals.failed += numFailedTests + numRuntimeErrorTestSuites;
    totals.skipped += numPendingTests;
    if (numPassedTests === 0) totals.failed++;
    for (const suite of results.testResults.filter((one) => one.status === 'failed')) {
      const failed = suite.assertionResults.filter((one) => one.status === 'failed');
      const titles = failed.length > 0 ? failed.map((one) => one.fullName) : ['could not run'];
      for (const title of titles) {
        failures.push(`${name}: ${relative(root, suite.name)}: ${title}`);
      }
    }
    rmSync(file);
  } catch (error) {
    console.error(`Jest wrote no readable results: ${error.message}`);
    totals.failed++;
  }
}
