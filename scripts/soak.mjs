// npm run soak -- [--minutes 60] [--rate 2000]
//
// Sends events to a collector for an hour, far more than it may keep, with somebody who looks at its tasks meanwhile. Prints its memory
// and the size of its store each minute. Exits with 1 if either is larger in the last third than it should be.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeBatch } from '../runtime/dist/esm/report.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '2000' },
  },
});
const cli = fileURLToPath(new URL('../cli/bin/throughline.js', import.meta.url));
const CAP = 20 * 1024 * 1024;
/** How much larger than its cap a file may be: what was removed is written over later, and the log of SQLite is beside it. */
const MOST_OF_CAP = 2;
/** How much more memory the last third may have than the second one. */
const MOST_GROWTH = 1.15;
const BATCH = 200;
const EVENTS_PER_TASK = 5;

const folder = mkdtempSync(join(tmpdir(), 'throughline-soak-'));
const file = join(folder, 'events.db');
const child = spawn(
  process.execPath,
  [cli, 'serve', '--store', file, '--max-size', `${CAP / 1024}KB`],
  {
    env: {
      ...process.env,
      ...{ THROUGHLINE_REPORT_PORT: '0', THROUGHLINE_WEB_PORT: '0' },
      ...{ THROUGHLINE_OTLP_PORT: '0', THROUGHLINE_OTLP_GRPC_PORT: '0' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const samples = await run(await addressOf(child), Number(values.minutes) * 60_000);
  report(samples);
} finally {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

async function run(url, lengthMs) {
  const { processId } = await (await fetch(`${url}/health`)).json();
  const pauseMs = (BATCH / Number(values.rate)) * 1000;
  const samples = [];
  const start = performance.now();
  let [sent, nextSample] = [0, 0];
  for (let due = start; performance.now() - start < lengthMs; due += pauseMs) {
    await send(url, sent);
    sent += BATCH;
    const elapsed = performance.now() - start;
    if (elapsed >= nextSample) {
      nextSample += Math.min(60_000, lengthMs / 12);
      await look(url);
      samples.push({ elapsed, sent, memory: memoryOf(processId), bytes: sizeOf(file) });
      print(samples.at(-1));
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  return samples;
}

async function send(url, from) {
  const events = Array.from({ length: BATCH }, (_, i) => {
    const number = from + i;
    return {
      taskId: idOf(Math.floor(number / EVENTS_PER_TASK) + 1),
      eventId: idOf(number + 1),
      parentEventIds: number % EVENTS_PER_TASK > 0 ? [idOf(number)] : [],
      timestamp: Date.now() * 1000,
      label: `GET /carts/${number}`,
      ...{ processName: 'soak', processId: 1, host: 'localhost' },
      fields: [['user', `user ${number % 1000}`]],
    };
  });
  const response = await fetch(`${url}/api/reports`, {
    ...{ method: 'POST', body: encodeBatch(events) },
  });
  await response.arrayBuffer();
}

/** Asks what the page asks. */
async function look(url) {
  const { tasks } = await (await fetch(`${url}/api/tasks?limit=100&where=carts`)).json();
  await (await fetch(`${url}/api/histogram`)).arrayBuffer();
  await (await fetch(`${url}/api/tasks/${tasks[0].taskId}/slices`)).arrayBuffer();
}

function report(samples) {
  const thirds = [1, 2].map((third) =>
    samples.slice((samples.length * third) / 3, (samples.length * (third + 1)) / 3),
  );
  const [before, last] = thirds.map((some) => Math.max(...some.map(({ memory }) => memory)));
  const largest = Math.max(...samples.map(({ bytes }) => bytes));
  const isFlat = last <= before * MOST_GROWTH && largest <= CAP * MOST_OF_CAP;
  console.log(
    `memory: ${before.toFixed(0)} MB in the second third, ${last.toFixed(0)} MB in the last one; file: ${megabytes(largest)} at most, of a cap of ${megabytes(CAP)}: ${isFlat ? 'flat' : 'NOT FLAT'}`,
  );
  if (!isFlat) process.exitCode = 1;
}

function print({ elapsed, sent, memory, bytes }) {
  const minutes = (elapsed / 60_000).toFixed(1);
  console.log(
    `${minutes.padStart(6)} min  ${sent} events  ${memory.toFixed(0)} MB  ${megabytes(bytes)} file`,
  );
}

async function addressOf({ stdout }) {
  let text = '';
  for await (const part of stdout) {
    text += part;
    const [, url] = /Page at (\S+)\n/.exec(text) ?? [];
    if (url) return url;
  }
  throw new Error(`the collector did not start: ${text}`);
}

/** Resident memory, in MB. */
function memoryOf(pid) {
  const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kb) / 1024;
}

function sizeOf(path) {
  return ['', '-wal'].reduce(
    (sum, ending) => sum + (statSync(path + ending, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function megabytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}

function idOf(number) {
  return number.toString(16).padStart(16, '0');
}
