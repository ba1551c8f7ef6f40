// npm test            everything that a change needs: types, lint, format, packages, tests
// npm run test:all    that, and what takes longer: the same tests on Node 22, 24 and 26, Promises/A+, every
//                     engine, and every toolchain with the packed packages
//
// With --rest, only what test:all adds, without the toolchains, which install a gigabyte. Ends with a line "N passed, N failed" (", N skipped").
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
/** What failed, said again at the end, where a long run is read first. */
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

/** Entries that are programs, or of which only the path is used. */
function untyped(name) {
  const entries = { jest: ['./main', './compiled'], collector: ['./main'] }[name];
  return entries ? ['--exclude-entrypoints', ...entries] : [];
}

/** A command that passes or fails as a whole. */
function check(command, args) {
  const executable = command === 'node' ? process.execPath : command;
  const { status, error } = spawnSync(executable, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(error.message);
  if (status === 0) totals.passed++;
  else totals.failed++;
}

/** A runner of our own, which counts its cases. */
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

/** The test suites, on one engine, counted test by test. */
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
