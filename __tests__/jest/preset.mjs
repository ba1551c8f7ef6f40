// Runs the suites of this folder with the preset, many in one run of Jest, and prints what was reported
// as JSON, by suite.
//
//   node __tests__/jest/preset.mjs PROJECT [--in-band] [--show] [--with TRANSFORMER] [NAME ...]
//
// TRANSFORMER compiles in place of babel-jest: ts-jest or @swc/jest.
// PROJECT is as for plain.mjs, with our packages beside.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanSuites, faults, reportsIn, runJest, writeBabelConfig } from './suites.mjs';

const { values, positionals } = parseArgs({
  options: {
    'in-band': { type: 'boolean' },
    show: { type: 'boolean' },
    with: { type: 'string' },
  },
  allowPositionals: true,
});
const [folder = '.', ...names] = positionals;
const project = resolve(folder);
const suites = [...faults(), ...cleanSuites()].filter(
  ({ name, runners = ['jest'] }) =>
    runners.includes('jest') && (names.length === 0 || names.includes(name)),
);

/** What a suite has to itself: its program, and whether it is to be waited for. */
const groupOf = ({ node = [], args = [], alone, name }) =>
  JSON.stringify([node, args, alone ? name : '']);

/** How each transformer compiles the suites. Without a target, ts-jest gives ES2015, which has no async functions. */
const transformers = {
  'ts-jest': ['ts-jest', { tsconfig: { allowJs: true, isolatedModules: true, jsx: 'react-jsx' } }],
  '@swc/jest': ['@swc/jest', { jsc: { parser: { syntax: 'typescript', tsx: true } } }],
};

const groups = new Map();
for (const suite of suites) {
  const key = groupOf(suite);
  groups.set(key, [...(groups.get(key) ?? []), suite]);
}
const results = {};
for (const group of groups.values()) Object.assign(results, await runGroup(group));
process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);

async function runGroup(group) {
  const root = join(project, 'suites', `with-preset-${groups.size}-${group[0].name}`);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const projects = group.map((suite) => {
    cpSync(suite.folder, join(root, suite.name), { recursive: true });
    writeBabelConfig(join(root, suite.name));
    const { transform, ...config } = suite.config ?? {};
    const named = { displayName: suite.name, rootDir: join(root, suite.name) };
    if (values.with) {
      return { ...named, transform: { '\\.[cm]?[jt]sx?$': transformers[values.with] }, ...config };
    }
    const options = withOptions(transform, suite.options);
    return { ...named, preset: '@throughline/jest', transform: options, ...config };
  });
  const reporters = ['default', '@throughline/jest/reporter'];
  const config = { projects, reporters, ...group[0].global };
  if (values.with) writeProgram(root, config, group);
  else writeFileSync(join(root, 'jest.config.json'), JSON.stringify(config));
  const [{ args = [], node = [], alone }] = group;
  const { output, tests, code } = await runJest(project, root, {
    node,
    args: [
      ...args,
      values['in-band'] ? '--runInBand' : '--maxWorkers=2',
      ...(alone ? [] : ['--forceExit']),
    ],
  });
  if (values.show) process.stderr.write(output);
  const found = reportsIn(output);
  return Object.fromEntries(
    group.map(({ name }) => [
      name,
      {
        code,
        reports: found.filter(({ suite }) => suite === name),
        tests: tests.filter(({ file }) => file.startsWith(join(root, name))),
      },
    ]),
  );
}

/** Writes a configuration in which each suite is passed to `withThroughline`, with its options. */
function writeProgram(root, { projects, ...config }, group) {
  const given = projects.map((project, index) => [project, group[index].options ?? {}]);
  const text = `const { withThroughline } = require('@throughline/jest');
module.exports = async () => {
  const given = ${JSON.stringify(given)};
  const projects = await Promise.all(given.map((one) => withThroughline(...one)()));
  for (const project of projects) delete project.reporters;
  return { projects, ...${JSON.stringify(config)} };
};`;
  writeFileSync(join(root, 'jest.config.js'), text);
}

/** The options of a suite stand beside the transformer, as users' do. */
function withOptions(transform, options) {
  if (options === undefined) return undefined;
  return { '\\.[cm]?[jt]sx?$': ['@throughline/jest/transformer', options] };
}
