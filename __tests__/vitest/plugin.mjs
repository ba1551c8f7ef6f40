// Runs the suites of __tests__/jest with the plugin for Vitest, and prints what was reported as JSON, by suite.
//
//   node __tests__/vitest/plugin.mjs PROJECT [--pool POOL] [--shared] [--show] [NAME ...]
//
// PROJECT is a folder in which vitest, jsdom and our packages are installed. POOL is forks, threads or vmThreads. With
// --shared, test files are not isolated.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { cleanSuites, faults, readResults, reportsIn } from '../jest/suites.mjs';

const { values, positionals } = parseArgs({
  options: {
    pool: { type: 'string', default: 'forks' },
    shared: { type: 'boolean', default: false },
    show: { type: 'boolean' },
  },
  allowPositionals: true,
});
const [folder = '.', ...names] = positionals;
const project = resolve(folder);
const root = join(project, 'suites', 'with-vitest');
const suites = [...faults(), ...cleanSuites()].filter(
  ({ name, runners = ['vitest'] }) =>
    runners.includes('vitest') && (names.length === 0 || names.includes(name)),
);

rmSync(root, { recursive: true, force: true });
mkdirSync(root, { recursive: true });
for (const { name, folder: from } of suites) cpSync(from, join(root, name), { recursive: true });
writeFileSync(join(root, 'package.json'), '{}');
// The suites call their mocks by the name that Jest gives them.
writeFileSync(join(root, 'names.js'), "import { vi } from 'vitest';\nglobalThis.jest = vi;\n");
writeFileSync(
  join(root, 'vitest.config.mjs'),
  `import throughline from '@throughline/vitest';
const suites = ${JSON.stringify(suites.map(settingsOf))};
export default {
  test: {
    projects: suites.map(({ name, options, environment }) => ({
      plugins: [throughline(options)],
      test: {
        name,
        globals: true,
        include: [name + '/*.test.*'],
        setupFiles: ['./names.js'],
        pool: ${JSON.stringify(values.pool)},
        isolate: ${!values.shared},
        server: { deps: { external: [/library\\.js$/] } },
        environment,
      },
    })),
  },
};
`,
);

function settingsOf({ name, options = {}, config = {} }) {
  return { name, options, environment: config.testEnvironment ?? 'node' };
}

const { output, tests } = await run();
if (values.show) process.stderr.write(output);
const found = reportsIn(output);
const results = Object.fromEntries(
  suites.map(({ name }) => [
    name,
    {
      reports: found.filter(({ suite }) => suite === name),
      tests: tests.filter(({ file }) => file.startsWith(join(root, name, '/'))),
    },
  ]),
);
process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);

function run() {
  const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs');
  const file = join(root, 'results.json');
  const flags = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', file];
  const child = spawn(process.execPath, [vitest, 'run', ...flags], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', CI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((done, refuse) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    }
    child.on('error', refuse);
    child.on('close', () =>
      done({ output: stripVTControlCharacters(text), tests: readResults(file) }),
    );
  });
}
