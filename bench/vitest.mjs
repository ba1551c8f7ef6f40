// Measures the cost of the plugin for Vitest beside that of Vitest's own `--detect-async-leaks`: runs a suite alternately
// without both and with each of them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILES, TESTS, writeSmallSuite } from './small-suite.mjs';
import { median } from './measure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.cache', 'bench', 'vitest');
const installed = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
const plugin = join(root, 'vitest', 'dist', 'esm', 'index.js');

const ways = {
  vitest: { plugins: '', flags: [] },
  '--detect-async-leaks': { plugins: '', flags: ['--detect-async-leaks'] },
  throughline: { plugins: 'throughline()', flags: [] },
};

/** Prints the Vitest benchmark for a generated suite. */
export function vitest({ rounds }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeSmallSuite(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  for (const [name, { plugins }] of Object.entries(ways)) {
    const config = `{ plugins: [${plugins}], test: { globals: true, pool: 'threads' } }`;
    const text = `import throughline from ${JSON.stringify(plugin)};\nexport default ${config};`;
    writeFileSync(join(folder, `${fileNameOf(name)}.config.js`), text);
  }
  const times = {};
  for (let round = 0; round < Math.min(Number(rounds), 5); round++) {
    for (const name of Object.keys(ways)) (times[name] ??= []).push(timed(name));
  }
  const plain = median(times.vitest);
  console.log(`\nvitest: ${TESTS} tests in ${FILES} files, in threads, seconds (median)`);
  for (const name of Object.keys(ways)) {
    const time = median(times[name]);
    console.log(`  ${name.padEnd(22)} ${time.toFixed(2)}  ${(time / plain).toFixed(2)}x`);
  }
}

function timed(name) {
  const started = process.hrtime.bigint();
  const config = join(folder, `${fileNameOf(name)}.config.js`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(installed, 'vitest.mjs'),
      'run',
      '--root',
      folder,
      '--config',
      config,
      ...ways[name].flags,
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, CI: '1', NO_COLOR: '1' } },
  );
  if (status !== 0 || !stdout.includes(`${TESTS} passed`)) {
    throw new Error(`${name} exited with code ${status}:\n${stdout}${stderr}`);
  }
  return Number(process.hrtime.bigint() - started) / 1e9;
}

function fileNameOf(name) {
  return name.replace(/^-+/, '');
}
