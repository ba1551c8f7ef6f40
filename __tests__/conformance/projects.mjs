// npm run conformance -- projects DIR... [--only NAME] [--work DIR] [--node PATH] [--packages DIR] [--chances N]
//
// Runs the tests of real packages (projects-list.mjs) as Babel prints them and compiled, sources and
// tests alike, and lists those that pass before and fail after. Exits 1 when one is lost: a test that
// passes once in N further runs of the suite is unsteady, since many measure time.
//
// A DIR holds one checkout, or one a folder, with its dependencies installed. Both copies and what
// their tests printed stay in the work folder: `diff -r WORK/before/NAME WORK/after/NAME`.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { copyCompiled } from './projects-copy.mjs';
import { projects } from './projects-list.mjs';
import { tools } from './projects-tools.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(3),
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    work: { type: 'string', default: join(tmpdir(), 'throughline-projects') },
    node: { type: 'string', default: process.execPath },
    chances: { type: 'string', default: '3' },
    packages: { type: 'string', default: fileURLToPath(new URL('../..', import.meta.url)) },
  },
});
const found = positionals.flatMap(checkouts).filter(({ name }) => (values.only ?? name) === name);
if (found.length === 0) {
  const known = Object.keys(projects).join(', ');
  console.error(`Usage: npm run conformance -- projects DIR...\nNo checkout of ${known} there.`);
  process.exit(2);
}

const runtime = join(values.packages, 'runtime');
const plugin = resolve(values.packages, 'babel-plugin/dist/esm/index.js');
const { default: throughline } = await import(pathToFileURL(plugin).href);
const nodeVersion = parseInt(execFileSync(values.node, ['-p', 'process.versions.node']));
// As for production, whatever the environment says.
const variants = { before: [], after: [[throughline, { causes: false }]] };

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
let losses = 0;
for (const checkout of found) losses += await compare(checkout);
process.exit(losses === 0 ? 0 : 1);

/** The projects of the list that a folder is, or holds. */
function checkouts(directory) {
  const candidates = [directory, ...readdirSync(directory).map((name) => join(directory, name))];
  return candidates.flatMap((path) => {
    const description = join(path, 'package.json');
    if (!existsSync(description)) return [];
    const { name } = JSON.parse(readFileSync(description, 'utf8'));
    return Object.hasOwn(projects, name) ? [{ name, path: realpathSync(path) }] : [];
  });
}

async function compare({ name, path }) {
  if (!existsSync(join(path, 'node_modules'))) {
    console.log(`${name}: no node_modules; run npm install in ${path}`);
    return 1;
  }
  if (nodeVersion < (projects[name].needsNode ?? 0)) {
    console.log(`${name}: skipped, needs --node PATH of Node ${projects[name].needsNode}`);
    return 0;
  }
  const refused = {};
  for (const [variant, plugins] of Object.entries(variants)) {
    const { leave } = projects[name];
    refused[variant] = copyCompiled(path, copyOf(name, variant), { plugins, runtime, leave });
  }
  const before = await outcomes(name, 'before');
  const after = await outcomes(name, 'after');

  // What Babel cannot parse stays as it is in both.
  const unparsed = new Set(refused.before.map(({ file }) => file));
  const ours = refused.after.filter(({ file }) => !unparsed.has(file));
  const passed = [...before].filter(([, ok]) => ok).map(([title]) => title);
  const lost = passed.filter((title) => after.get(title) !== true);
  const unsteady = await moreChances(name, lost);
  const { explained = {} } = projects[name];
  const gone = lost.filter((title) => !unsteady.has(title) && !Object.hasOwn(explained, title));

  const counts = [before, after].map((all) => [...all.values()].filter(Boolean).length);
  console.log(`${name}: ${counts[0]} pass before, ${counts[1]} pass after, lost: ${gone.length}`);
  for (const { file, message } of ours) console.log(`  not compiled  ${file}: ${message}`);
  for (const title of gone) console.log(`  lost          ${title}`);
  for (const title of lost.filter((title) => Object.hasOwn(explained, title))) {
    console.log(`  explained     ${title}: ${explained[title]}`);
  }
  for (const title of unsteady) console.log(`  unsteady      ${title}`);
  if (passed.length === 0)
    console.log(`  no test passes before: see ${copyOf(name, 'before')}.log`);
  return passed.length === 0 ? 1 : gone.length + ours.length;
}

/** Those of the lost tests that pass when everything runs again: they depend on time. */
async function moreChances(name, lost) {
  const unsteady = new Set();
  for (let chance = 0; chance < Number(values.chances) && unsteady.size < lost.length; chance++) {
    const again = await outcomes(name, 'after');
    for (const title of lost) if (again.get(title) === true) unsteady.add(title);
  }
  return unsteady;
}

function copyOf(name, variant) {
  return resolve(values.work, variant, name.replace('/', '+'));
}

/** Runs the project's tests: whether each passed, by its title. */
async function outcomes(name, variant) {
  const { tool, args = [], env, minutes = 10 } = projects[name];
  const cwd = copyOf(name, variant);
  const [results, output] = [`${cwd}.results`, `${cwd}.log`];
  mkdirSync(dirname(cwd), { recursive: true });
  rmSync(results, { force: true });

  const log = openSync(output, 'w');
  const child = spawn(values.node, tools[tool].command(args, results), {
    ...{ cwd, stdio: ['ignore', log, log], detached: true },
    env: {
      ...{ ...process.env, ...env, CONFORMANCE_RESULTS: results, FORCE_COLOR: '0' },
      PATH: [dirname(values.node), process.env.PATH].join(delimiter),
    },
  });
  // Test tools start processes of their own; one that hangs must not outlive us.
  const stop = () => process.kill(-child.pid, 'SIGKILL');
  const limit = setTimeout(stop, minutes * 60_000);
  process.on('exit', stop);
  await new Promise((done) => child.on('exit', done));
  process.off('exit', stop);
  clearTimeout(limit);
  try {
    return distinct(tools[tool].read({ results, output }), cwd);
  } catch (error) {
    console.log(`  ${name} ${variant}: no results (${error.message}), see ${output}`);
    return new Map();
  }
}

/** Two tests of one name are two tests; a name must not depend on where the copy is. */
function distinct(pairs, cwd) {
  const outcome = new Map();
  for (const [written, ok] of pairs) {
    const title = written.replaceAll(cwd, '.');
    let name = title;
    for (let i = 2; outcome.has(name); i++) name = `${title} #${i}`;
    outcome.set(name, ok);
  }
  return outcome;
}
