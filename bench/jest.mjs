// Measures the cost of the Jest preset: runs a suite alternately with babel-jest alone and with the preset.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILES, TESTS, writeSmallSuite } from './small-suite.mjs';
import { median } from './measure.mjs';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.cache', 'bench', 'jest');

/** Skips our packages, which Jest would skip by itself if they were installed in node_modules. */
const installed = {
  transformIgnorePatterns: ['/node_modules/', '/(jest|runtime|babel-plugin)/dist/'],
};
const preset = join(root, 'jest', 'dist', 'cjs', 'index.js');
const configs = {
  'babel-jest': '{}',
  throughline: `require(${JSON.stringify(preset)}).throughline()`,
};
const BUDGET = 1.15;

/**
 * Prints the Jest benchmark for a generated suite, or with `suite` for the suite of a project whose dependencies
 * are installed.
 */
export function jest({ rounds, suite }) {
  const own = suite === undefined ? generated() : given(resolve(suite));
  const times = { cold: {}, warm: {} };
  for (let round = 0; round < Math.min(Number(rounds), 5); round++) {
    for (const name of Object.keys(configs)) {
      rmSync(join(folder, `cache-${name}`), { recursive: true, force: true });
      for (const state of ['cold', 'warm']) (times[state][name] ??= []).push(timed(name, own));
    }
  }
  console.log(`\njest: ${own.title}, seconds (median)`);
  for (const [state, byName] of Object.entries(times)) {
    const [plain, ours] = Object.keys(configs).map((name) => median(byName[name]));
    const ratio = ours / plain;
    const verdict = ratio <= BUDGET ? `within ${BUDGET}x` : `OVER ${BUDGET}x`;
    const line = `babel-jest ${plain.toFixed(2)}, preset ${ours.toFixed(2)}, ${ratio.toFixed(2)}x`;
    console.log(`  ${state}: ${line}  ${verdict}`);
  }
}

/** Generates small tests of small modules, where the preset's overhead per file shows most. */
function generated() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name, text) => writeFileSync(join(folder, name), text);
  const modules = require.resolve('@babel/plugin-transform-modules-commonjs');
  write('babel.config.js', `module.exports = { plugins: [${JSON.stringify(modules)}] };`);
  write('package.json', '{ "private": true }');
  writeSmallSuite(folder);
  writeConfigs(folder, '{}');
  return {
    title: `${TESTS} tests in ${FILES} files, in one process`,
    cwd: folder,
    args: ['--runInBand'],
    isWhole: (stderr) => stderr.includes(`${TESTS} passed`) && !stderr.includes('Throughline: '),
  };
}

/** Uses a project's own configuration, without its `preset` and `transform`. */
function given(cwd) {
  mkdirSync(folder, { recursive: true });
  const path = ['jest.config.js', 'jest.config.cjs', 'jest.config.json', 'package.json']
    .map((name) => join(cwd, name))
    .find(existsSync);
  const config = `require(${JSON.stringify(path)})${path.endsWith('package.json') ? '.jest' : ''}`;
  writeConfigs(cwd, `(({ preset, transform, ...rest }) => rest)(${config} ?? {})`);
  return {
    title: `the suite of ${basename(cwd)}, in two processes`,
    cwd,
    args: ['--maxWorkers=2'],
    isWhole: () => true,
  };
}

function writeConfigs(rootDir, base) {
  for (const [name, config] of Object.entries(configs)) {
    const rest = JSON.stringify({
      ...installed,
      ...{ rootDir, cacheDirectory: join(folder, `cache-${name}`) },
    });
    writeFileSync(
      join(folder, `${name}.config.js`),
      `module.exports = { ...${base}, ...${config}, ...${rest} };`,
    );
  }
}

function timed(name, { cwd, args, isWhole }) {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...[...args, '--config', join(folder, `${name}.config.js`)],
    ],
    { cwd, encoding: 'utf8' },
  );
  if (status !== 0 || !isWhole(stderr)) {
    throw new Error(`${name} exited with code ${status}:\n${stderr}`);
  }
  return Number(process.hrtime.bigint() - started) / 1e9;
}
