// npm run bench -- collector [--store LOCATION] [--node PATH]...
//
// A collector in a process of its own, with its store in a file or at a location such as clickhouse://127.0.0.1:8123/bench, and a sender
// in this one. Prints how many events a second are
// acknowledged, how long an acknowledgement takes, bytes an event on disk, and how long tasks and lists take to be answered.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeBatch } from '../runtime/dist/esm/report.js';

const EVENTS = 500_000;
const BATCH = 500;
/** How many batches of a sender wait for their acknowledgement. */
const WINDOW = 16;
const cli = fileURLToPath(new URL('../cli/bin/throughline.js', import.meta.url));

/** Measures each Node. */
export async function collector({ engines, store }) {
  for (const { path, name } of engines) {
    console.log(`\ncollector: takes, stores and answers (Node ${name})`);
    await measureWith(path, store);
  }
}

async function measureWith(node, location) {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'));
  const store = location ?? join(folder, 'events.db');
  const args = ['serve', '--store', store, '--spool', join(folder, 'spool.db')];
  const child = spawn(node, [cli, ...args], {
    env: { ...process.env, THROUGHLINE_REPORT_PORT: '0', THROUGHLINE_WEB_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const { address, url } = await addressesOf(child);
    await measureAt(address, url);
    child.kill('SIGTERM');
    await once(child, 'exit');
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAt(address, url) {
  const health = async () => (await fetch(`${url}/health`)).json();
  const { store: empty, processId } = await health();
  const batches = batchesOf(EVENTS, (n) => 1 + Math.floor(n / 5));
  const cpuBefore = cpuOf(processId);
  const before = performance.now();
  const latencies = await sendAll(address, batches);
  const seconds = (performance.now() - before) / 1000;
  const cpu = (cpuOf(processId) - cpuBefore) / EVENTS;
  const { store, reports } = await health();
  if (reports.kept !== EVENTS) throw new Error(`${reports.kept} of ${EVENTS} events were kept`);
  print('five events a task, acknowledged', `${Math.round(EVENTS / seconds)} events/s`);
  print('acknowledgement, median and p99', `${at(latencies, 0.5)} ms, ${at(latencies, 0.99)} ms`);
  print('processor time of the collector', `${cpu.toFixed(1)} µs/event`);
  print('on disk', `${((store.bytes - empty.bytes) / EVENTS).toFixed(0)} bytes/event`);
  print('memory of the collector', `${memoryOf(processId)} MB at most`);
  for (const count of [1000, 10_000, 100_000]) {
    const task = 0x7000_0000 + count;
    await sendAll(
      address,
      batchesOf(count, () => task),
    );
    print(`a task of ${count} events, answered`, await timed(`${url}/api/tasks/${taskId(task)}`));
  }
  const largest = taskId(0x7000_0000 + 100_000);
  print('why one of 100000 events took so long', await timed(`${url}/api/tasks/${largest}/why`));
  const { tasks } = (await health()).store;
  print(`first page of ${tasks} tasks`, await timed(`${url}/api/tasks?limit=50`));
  const search = encodeURIComponent('text~"priced 499998"');
  print('a search in the texts of all events', await timed(`${url}/api/tasks?where=${search}`, 1));
  print('last page', await timed(`${url}/api/tasks?limit=50&offset=${tasks - 50}`));
}

/** Sends batches over one connection. Resolves to how long each acknowledgement took, in milliseconds, the shortest first. */
async function sendAll(address, batches) {
  const [host, port] = address.split(':');
  const socket = createConnection({ host, port: Number(port) }).setNoDelay(true);
  await once(socket, 'connect');
  const sent = [];
  const latencies = [];
  let received = 0;
  socket.write('XTR1');
  const more = () => {
    while (sent.length < batches.length && sent.length - latencies.length < WINDOW) {
      const bytes = batches[sent.length];
      const head = Buffer.alloc(8);
      head.writeUInt32BE(sent.length, 0);
      head.writeUInt32BE(bytes.length, 4);
      sent.push(performance.now());
      socket.write(head);
      socket.write(bytes);
    }
  };
  more();
  await new Promise((resolve) => {
    socket.on('data', ({ length }) => {
      received += length;
      const now = performance.now();
      while (latencies.length < Math.floor((received - 4) / 5))
        latencies.push(now - sent[latencies.length]);
      if (latencies.length === batches.length) resolve();
      else more();
    });
  });
  socket.destroy();
  return latencies.sort((a, b) => a - b);
}

/** Makes batches of events as a service logs them: a request, a query, an event between, and the ends. */
function batchesOf(count, taskOf) {
  const batches = [];
  for (let first = 0; first < count; first += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) =>
      eventOf(first + i, taskOf(first + i)),
    );
    batches.push(encodeBatch(events));
  }
  return batches;
}

const LABELS = [
  (n) => `GET /carts/${n}`,
  () => 'SELECT carts',
  () => 'SELECT carts ended',
  (n) => `priced ${n}`,
  () => 'GET /carts/:id 200',
];

function eventOf(n, task) {
  const step = n % 5;
  const begin = n - step;
  const phase = { 0: 'begin', 4: 'end' }[step];
  return {
    taskId: taskId(task),
    eventId: eventId(n),
    parentEventIds: step === 0 ? [] : [eventId(n - 1)],
    timestamp: 1.7e15 + n * 7,
    label: LABELS[step](n),
    ...{ host: 'machine', processId: 1234, processName: 'server.mjs', threadId: 0 },
    source: `src/carts.ts:${step + 10}`,
    fields: phase
      ? [
          ['operation', eventId(begin)],
          ['phase', phase],
          ...(phase === 'end'
            ? [['status', 'ok']]
            : [
                ['kind', 'server'],
                ['url.path', `/carts/${n}`],
              ]),
        ]
      : [],
  };
}

/** Ids are spread as random ones are: an index does not get them in order. */
function spread(n) {
  return (Math.imul(n, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
}
function taskId(n) {
  return `${spread(n)}${spread(n + 1)}${spread(n + 2)}${n.toString(16).padStart(8, '0')}`;
}
function eventId(n) {
  return `${spread(n)}${(n + 1).toString(16).padStart(8, '0')}`;
}

async function timed(url, rounds = 5) {
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const before = performance.now();
    await (await fetch(url)).arrayBuffer();
    times.push(performance.now() - before);
  }
  return `${at(
    times.sort((a, b) => a - b),
    0.5,
  )} ms`;
}

function at(sorted, part) {
  return sorted[Math.floor(sorted.length * part)].toFixed(0);
}

/** Returns the most memory that a process has had, where the system tells (Linux). */
function memoryOf(processId) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'));
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return '?';
  }
}

/** Returns the processor time of a process in microseconds, where the system tells (Linux): in its ticks of 10 ms. */
function cpuOf(processId) {
  try {
    const fields = readFileSync(`/proc/${processId}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return NaN;
  }
}

async function addressesOf(child) {
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    const [, address] = /Receiving reports at (\S+)/.exec(text) ?? [];
    const [, url] = /Page at (\S+)/.exec(text) ?? [];
    if (url) return { address, url };
  }
  throw new Error(`the collector did not start: ${text}`);
}

function print(what, value) {
  console.log(`  ${what.padEnd(40)} ${value}`);
}
