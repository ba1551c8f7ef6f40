// npm run torture [-- --seconds 60] [--seed 1]
//
// A collector under fire: it is killed every second while programs send it events, its disk is full for a while (where a small file
// system can be mounted), hundreds of connections never end their messages, and malformed bytes arrive on both ports. At the end,
// every event that was acknowledged is in the store, once. Prints what happened, and exits with 1 if that does not hold.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ReportQueue } from '../runtime/dist/esm/xtrace/queue.js';
import { TcpSender } from '../runtime/dist/esm/xtrace/tcp-sender.js';
import { freePort } from './free-port.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const SECONDS = Number(values.seconds);
const TASKS = 50;
const SLOW_CONNECTIONS = 300;
/** Events a second of each sender. */
const RATE = 5000;
const SENDERS = 2;
const DISK_MB = 24;
/** How long the collector may take to notice that its disk is full, in milliseconds. */
const FULL_MS = 20_000;

const cli = fileURLToPath(new URL('../cli/bin/throughline.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'throughline-torture-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const isMounted = mountSmallDisk();
const random = generator(Number(values.seed));
const [reportPort, webPort] = [await freePort(), await freePort()];
const url = `http://127.0.0.1:${webPort}`;
const env = {
  ...process.env,
  THROUGHLINE_REPORT_PORT: String(reportPort),
  THROUGHLINE_WEB_PORT: String(webPort),
  THROUGHLINE_STORE: join(disk, 'events.db'),
};
console.log(
  `seed ${values.seed}, ${SECONDS} s, disk of ${isMounted ? `${DISK_MB + SECONDS * 2} MB` : 'any size'}`,
);

let collector = await start();
const senders = Array.from({ length: SENDERS }, () => {
  const queue = new ReportQueue();
  queue.limit = Infinity;
  return { queue, sender: new TcpSender(address(), queue), logged: 0 };
});
const slow = new Set();
let kills = 0;
let malformed = 0;
let memory = 0;

try {
  const end = Date.now() + SECONDS * 1000;
  const half = Date.now() + SECONDS * 500;
  let isFull = false;
  while (Date.now() < end) {
    for (let tick = 0; tick < 20; tick++) {
      for (const [i, one] of senders.entries()) log(one, i, RATE / 20);
      keepSlow();
      malformed += sendMalformed();
      await wait(50);
    }
    if (isMounted && !isFull && Date.now() > half) {
      isFull = true;
      await fillDisk();
    }
    memory = Math.max(memory, memoryOf(collector.pid));
    collector.kill('SIGKILL');
    await once(collector, 'exit');
    kills++;
    collector = await start();
  }
  await judge();
} finally {
  for (const { sender } of senders) sender.close();
  for (const socket of slow) socket.destroy();
  collector.kill('SIGKILL');
  // A collector that has just failed is gone already.
  if (collector.exitCode === null && collector.signalCode === null) await once(collector, 'exit');
  if (isMounted) execFileSync('umount', ['-l', disk]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function judge() {
  for (const { sender } of senders) {
    if (!(await sender.flush(60_000))) fail('events were not acknowledged within a minute');
  }
  const counts = new Map();
  for (let task = 0; task < TASKS; task++) {
    const response = await fetch(`${url}/api/tasks/${idOf(task + 1)}`);
    for (const { label } of (await response.json()).events ?? []) {
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  const logged = senders.reduce((sum, one) => sum + one.logged, 0);
  const twice = [...counts.values()].filter((count) => count > 1).length;
  const lost = logged - counts.size;
  const { reports } = await (await fetch(`${url}/health`)).json();
  const { received, kept, duplicates, conflicts, refused, dropped, waiting } = reports;
  console.log(
    `${kills} kills, ${malformed} malformed inputs, ${SLOW_CONNECTIONS} slow connections`,
  );
  console.log(`${logged} events logged and acknowledged, ${lost} lost, ${twice} kept twice`);
  console.log(`${memory} MB at most; since the last start ${JSON.stringify(reports)}`);
  if (lost > 0 || twice > 0) fail('an acknowledged event is not in the store exactly once');
  if (received !== kept + duplicates + conflicts + refused + dropped + waiting) {
    fail('the counters do not add up');
  }
}

function fail(why) {
  console.error(`FAILED: ${why}`);
  process.exitCode = 1;
}

function log(one, index, count) {
  for (let i = 0; i < count; i++) {
    const number = ++one.logged;
    one.queue.push({
      taskId: idOf(1 + (number % TASKS)),
      eventId: (number * SENDERS + index).toString(16).padStart(16, '0'),
      parentEventIds: [],
      timestamp: Date.now() * 1000,
      label: `${index}/${number}`,
      processName: `sender ${index}`,
    });
  }
  one.sender.wake();
}

function idOf(task) {
  return task.toString(16).padStart(16, '0');
}

/** Keeps connections open that have begun a message and do not end it. */
function keepSlow() {
  while (slow.size < SLOW_CONNECTIONS) {
    const socket = createConnection({ host: '127.0.0.1', port: reportPort });
    slow.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => slow.delete(socket));
    socket.write(
      random() < 0.5
        ? Buffer.from('585452310000000100010000', 'hex')
        : Buffer.of(0, 0, 0, 1, 0x74, 0, 1, 0, 0),
    );
  }
}

/** Sends bytes that mean nothing, or nearly something, to both ports. Returns how many inputs. */
function sendMalformed() {
  const count = 10;
  for (let i = 0; i < count; i++) {
    const bytes = Buffer.from(
      Array.from({ length: 1 + Math.floor(random() * 200) }, () => random() * 256),
    );
    const head = [
      Buffer.alloc(0),
      Buffer.from('XTR1'),
      Buffer.from('585452310000000100000020', 'hex'),
      xtraceHead(),
    ];
    const socket = createConnection({
      host: '127.0.0.1',
      port: random() < 0.8 ? reportPort : webPort,
    });
    socket.on('error', () => {});
    socket.end(Buffer.concat([head[Math.floor(random() * head.length)], bytes]));
    socket.resume();
  }
  return count;
}

function xtraceHead() {
  return Buffer.concat([Buffer.of(0, 0, 0, 6), Buffer.from('xtrace'), Buffer.of(0, 0, 0, 40)]);
}

/** Fills the disk, and frees it again. The collector must say so, and go on. */
async function fillDisk() {
  const ballast = join(disk, 'ballast');
  let written = 0;
  try {
    for (; written < (DISK_MB + SECONDS * 2) * 16; written++) {
      writeFileSync(ballast, Buffer.alloc(65_536), { flag: 'a' });
    }
  } catch {
    // Full.
  }
  const until = Date.now() + FULL_MS;
  let said;
  do {
    for (const [i, one] of senders.entries()) log(one, i, 20_000);
    await wait(500);
    said = await (await fetch(`${url}/health`)).json();
  } while (said.ok && Date.now() < until);
  console.log(`disk full: /health says ok: ${said.ok}, ${said.problems[0]}`);
  if (said.ok) fail('/health is ok while the disk is full');
  await wait(1000);
  rmSync(ballast);
}

function mountSmallDisk() {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB + SECONDS * 2}m`, 'tmpfs', disk], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

async function start() {
  const child = spawn(process.execPath, [cli, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('Press Ctrl-C')) break;
  }
  return child;
}

function address() {
  return { host: '127.0.0.1', port: reportPort, isAcknowledged: true };
}

/** Returns the most memory that a process has had, in megabytes, where the system tells (Linux). */
function memoryOf(pid) {
  try {
    const status = execFileSync('grep', ['VmHWM', `/proc/${pid}/status`], { encoding: 'utf8' });
    return Math.round(Number(/\d+/.exec(status)[0]) / 1024);
  } catch {
    return 0;
  }
}

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
