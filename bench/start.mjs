// npm run bench -- start [--json] [--rounds N] [--node PATH]...
//
// Measures how long applications take to start, and how much memory they have then: as they are, by `throughline run` for the first
// and for the second time, and with other tracers. Installs the applications on demand.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { here } from './compile.mjs';
import { tracerPackages } from './peers.mjs';
import { applications } from './starts/applications.mjs';
import { tracers } from './tracers.mjs';
import { write } from './write.mjs';
import { median } from './measure.mjs';

const throughline = fileURLToPath(new URL('../cli/bin/throughline.js', import.meta.url));
const MB = 1024 * 1024;
/** How much longer the second start by `throughline run` may take. */
const BUDGET = 1.3;
const MOST_ROUNDS = 5;
const DOES_NOT_START = 'does not start';

/** How each application is started. `cold` begins without what was compiled before. `mayFail`: another tool may not start it. */
const ways = {
  nothing: { command: [] },
  'throughline, first': { command: [throughline, 'run'], cold: true },
  'throughline, second': { command: [throughline, 'run'], budget: BUDGET },
  ...Object.fromEntries(
    Object.entries(tracers).map(([name, { flags, env }]) => [
      name,
      { command: flags, env, mayFail: true },
    ]),
  ),
};

/** Measures and prints the starts for each Node. */
export async function start({ json, rounds, engines, write: isWritten, order }) {
  let isOver = false;
  const columns = [];
  for (const { path, name } of engines) {
    const found = await starts(path, Math.min(Number(rounds), MOST_ROUNDS));
    for (const row of found) {
      isOver ||= row.within === false && row.application === 'Express with 60 packages';
      if (json) console.log(JSON.stringify({ bench: 'start', node: name, ...row }));
    }
    if (!json) print(name, found);
    columns.push({ name, rows: found });
  }
  if (isWritten) await write('start', table(columns, Math.min(Number(rounds), MOST_ROUNDS)), order);
  return { isOver };
}

/** Returns the table for docs/performance.md, with a column per Node. */
function table(columns, rounds) {
  const lines = columns[0].rows.map(({ application, case: name }, i) =>
    [
      `${application}: ${name}`,
      ...columns.map(({ rows }) => {
        const { seconds, ratio, megabytes } = rows[i];
        if (seconds === undefined) return DOES_NOT_START;
        return `${seconds.toFixed(2)} s, ${ratio.toFixed(2)}x, ${megabytes.toFixed(0)} MB`;
      }),
    ].join(' | '),
  );
  return [
    '## start\n',
    'Seconds until an application listens, and the memory that its process has then. "First" compiles everything, "second" finds it compiled. ' +
      `${rounds === 1 ? '1 round' : `${rounds} rounds`}.\n`,
    `| | ${columns.map(({ name }) => `Node ${name}`).join(' | ')} |`,
    `| --- | ${columns.map(() => '---').join(' | ')} |`,
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n');
}

function print(node, rows) {
  for (const application of new Set(rows.map((row) => row.application))) {
    console.log(`\nstart: ${application} (Node ${node})`);
    for (const row of rows.filter((one) => one.application === application)) {
      if (row.seconds === undefined) {
        console.log(`  ${row.case.padEnd(22)} ${DOES_NOT_START}`);
        continue;
      }
      const told = row.within === undefined ? '' : `  ${row.within ? 'within' : 'OVER'} ${BUDGET}x`;
      console.log(
        `  ${row.case.padEnd(22)} ${row.seconds.toFixed(2).padStart(6)} s  ${row.ratio.toFixed(2).padStart(5)}x  ${row.megabytes.toFixed(0).padStart(4)} MB${told}`,
      );
    }
  }
}

/** Returns the median start of each application in each way. */
async function starts(node, rounds) {
  const collector = await startCollector(node);
  const rows = [];
  try {
    for (const [application, settings] of Object.entries(applications)) {
      const folder = install(application, settings, node);
      const times = new Map(Object.keys(ways).map((name) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const [name, way] of Object.entries(ways)) {
          if (way.cold) forgetCompiled(folder);
          const started = await startOnce(node, folder, settings, way, collector.env);
          if (started !== undefined) times.get(name).push(started);
        }
      }
      const medians = [...times].map(([name, all]) => ({
        name,
        ...(all.length > 0 && {
          seconds: median(all.map(({ seconds }) => seconds)),
          megabytes: median(all.map(({ bytes }) => bytes)) / MB,
        }),
      }));
      for (const { name, seconds, megabytes } of medians) {
        const ratio = seconds && seconds / medians[0].seconds;
        const { budget } = ways[name];
        const within = budget === undefined ? undefined : ratio <= budget;
        rows.push({ application, case: name, seconds, megabytes, ratio, within });
      }
    }
  } finally {
    await collector.stop();
  }
  return rows;
}

/** Starts an application, waits until it says that it is ready, and ends it. Returns undefined if another tool keeps it from that. */
async function startOnce(node, folder, { main = 'main.mjs', env, ready = /^ready/m }, way, ports) {
  const PORT = String(await freePort());
  const begin = performance.now();
  const child = spawn(node, [...way.command, main], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', PORT, ...ports, ...env, ...offline(way.env) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    if (ready.test(output)) break;
  }
  const seconds = (performance.now() - begin) / 1000;
  if (!ready.test(output) && way.mayFail) return undefined;
  if (!ready.test(output)) {
    const words = [...way.command, main].join(' ');
    throw new Error(`"${words}" in ${folder} has ended: ${output}`);
  }
  // Where the program does not say itself how much memory it has, the system does.
  const program = programOf(child.pid);
  const bytes = Number(/^ready (\d+)/m.exec(output)?.[1] ?? residentBytes(program));
  process.kill(program, 'SIGKILL');
  await ended;
  return { seconds, bytes };
}

/** What tracers send goes nowhere. */
function offline(env = {}) {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value === '$httpSink' ? 'http://127.0.0.1:9' : value,
    ]),
  );
}

/** Returns the process that was started last: where Node cannot put the program in its place, `run` waits for it. */
function programOf(pid) {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return child ? programOf(Number(child)) : pid;
}

function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
}

function forgetCompiled(folder) {
  for (const at of ['', '.next/standalone']) {
    rmSync(join(folder, at, 'node_modules', '.cache', 'throughline'), {
      recursive: true,
      force: true,
    });
  }
}

/** Installs an application and the tracers beside it, once for each major version of Node, and returns its folder. */
function install(name, { packages, files, prepare = [], prepareEnv }, node) {
  const [major] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split(
    '.',
  );
  const folder = join(here, '.cache', 'bench', `start-${major}`, name.replaceAll(/\W+/g, '-'));
  const dependencies = { ...packages, ...tracerPackages(Number(major)) };
  const text = JSON.stringify({ private: true, type: 'module', dependencies, files, prepare });
  const installed = join(folder, 'installed.json');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === text) return folder;
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, type: 'module', dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    if (path.endsWith('.sh')) chmodSync(join(folder, path), 0o755);
  }
  const quiet = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', '--legacy-peer-deps'],
    quiet,
  );
  const PATH = `${dirname(node)}:${process.env.PATH}`;
  for (const [program, ...args] of prepare) {
    const env = { ...process.env, PATH, ...prepareEnv };
    execFileSync(join(folder, 'node_modules', '.bin', program), args, { ...quiet, env });
  }
  writeFileSync(installed, text);
  return folder;
}

/** Starts a collector for all of them, on ports of its own. */
async function startCollector(node) {
  const [page, reports, otlp, grpc] = await Promise.all([1, 2, 3, 4].map(freePort));
  const env = {
    THROUGHLINE_WEB_PORT: String(page),
    THROUGHLINE_REPORT_PORT: String(reports),
    THROUGHLINE_OTLP_PORT: String(otlp),
    THROUGHLINE_OTLP_GRPC_PORT: String(grpc),
    THROUGHLINE_STORE: ':memory:',
  };
  const child = spawn(node, [throughline, 'serve'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.stdout.resume();
  return {
    env,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
