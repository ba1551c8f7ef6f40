// npm run demo [-- --once]
//
// Runs the paper's example in one terminal: a collector, two services (+7 and *3) and a client that sends 3
// through both, each in its own process. Prints the collected events and serves the page. With --once, exits
// instead of waiting for Ctrl-C. With --installed DIR, builds nothing: the packages and the example are in DIR.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from './free-port.mjs';

const { values } = parseArgs({
  options: { once: { type: 'boolean', default: false }, installed: { type: 'string' } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const example = values.installed ?? join(root, 'examples', 'math-chain');
const service = join(example, 'dist', 'math-chain.cjs');
const collectorEntry = values.installed
  ? join(values.installed, 'node_modules', '@throughline', 'collector', 'dist', 'esm', 'index.js')
  : join(root, 'collector', 'dist', 'esm', 'index.js');
const DEADLINE_MS = 15_000;
const EVENTS = 5;

const folder = mkdtempSync(join(tmpdir(), 'throughline-demo-'));
const children = new Set();
let collector;

const stopped = interrupted();

try {
  await Promise.race([demo(), stopped]);
  if (!values.once) await stopped;
} catch (error) {
  console.error(`Demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const child of children) child.kill();
  await collector?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function demo() {
  if (values.installed === undefined) {
    step('Building the packages, the page and the example');
    execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--no-types'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const { causalGraph, drawGraph, eventsInOrder, startCollector, textRecords } = await import(
    pathToFileURL(collectorEntry).href
  );

  step('Starting the collector and two services');
  collector = await startCollector({
    ...{ host: '127.0.0.1', store: join(folder, 'events.db') },
    ...{ reportPort: await freePort(5563), webPort: await freePort(4080) },
  });
  const [mul, add] = [await freePort(5678), await freePort(1234)].map((port) => `:${port}`);
  await startService('--mul', '3', '--listen-addr', mul);
  await startService('--add', '7', '--listen-addr', add, '--next-server', mul);

  step('Sending 3 through both services');
  console.log(await runClient('--next-server', add, '--in', '3'));

  const { taskId, events } = await firstTask();
  const graph = causalGraph(events);
  step('Events in the collector');
  process.stdout.write(textRecords(eventsInOrder(graph)));
  step('Causal graph');
  console.log(drawGraph(graph).join('\n'));
  step('Page');
  console.log(`${collector.url}/tasks/${taskId}`);
  if (!values.once) console.log('Press Ctrl-C to stop.');
}

function step(title) {
  console.log(`\n== ${title}`);
}

/** Starts a service; resolves when it is listening. */
function startService(...flags) {
  const child = start(flags);
  return within('a service to listen', (resolve, reject) => {
    child.stdout.on('data', (text) => text.includes('listening') && resolve());
    child.on('exit', (code) =>
      reject(new Error(`a service exited with code ${code}: ${child.said}`)),
    );
  });
}

/** Runs the client; resolves to its output. */
function runClient(...flags) {
  const child = start(flags);
  return within('the client to finish', (resolve, reject) => {
    child.on('exit', (code) =>
      code === 0
        ? resolve(child.said.trim())
        : reject(new Error(`the client exited with code ${code}: ${child.said}`)),
    );
  });
}

function start(flags) {
  const args = [
    service,
    '--xtrace-server',
    collector.reportAddress.replace('127.0.0.1', ''),
    ...flags,
  ];
  console.log(`$ node ${[relative(root, service), ...args.slice(1)].join(' ')}`);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (child.said += text));
  child.on('exit', () => children.delete(child));
  return child;
}

/** Resolves to the only task when all of its events have arrived. */
function firstTask() {
  const ask = async (path) => (await fetch(collector.url + path)).json();
  return within(`${EVENTS} events to arrive`, async (resolve, reject, isOver) => {
    while (!isOver()) {
      const [task] = (await ask('/api/tasks')).tasks;
      if (task?.events >= EVENTS) return resolve(await ask(`/api/tasks/${task.taskId}`));
      await new Promise((again) => setTimeout(again, 20));
    }
  });
}

function within(what, executor) {
  return new Promise((resolve, reject) => {
    let over = false;
    const settle = (how) => (value) => {
      over = true;
      clearTimeout(timer);
      how(value);
    };
    const timer = setTimeout(
      () =>
        settle(reject)(new Error(`timed out after ${DEADLINE_MS / 1000} s waiting for ${what}`)),
      DEADLINE_MS,
    );
    Promise.resolve(executor(settle(resolve), settle(reject), () => over)).catch(settle(reject));
  });
}

function interrupted() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });
}
