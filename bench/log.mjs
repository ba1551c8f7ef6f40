// npm run bench -- log [--json] [--write] [--rounds N] [--node PATH]...
//
// What does it cost to log an event? Nanoseconds on the path of the caller, those of the whole process with what sends
// the events, and how many a second arrive at a collector that stores nothing. Each case runs in a process of its own.
import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compile } from './compile.mjs';
import { contexts } from './contexts.mjs';
import { peersFor } from './peers.mjs';
import { startSink } from './services/sink.mjs';
import { connected, spanHeads } from './services.bench.mjs';
import { tracers } from './tracers.mjs';
import { write } from './write.mjs';
import { median } from './measure.mjs';

const execute = promisify(execFile);
const child = fileURLToPath(new URL('./log-child.mjs', import.meta.url));
const COUNT = 300_000;
/** What a build must not exceed, with room for a noisy machine, and what it should get to. */
const BUDGET_NS = 1500;
const GOAL_NS = 1000;
const GOAL_RATE = 300_000;

export const heads = {
  throughline: `${connected("import { flush, stats } from '@throughline/runtime/xtrace';")}
    const waiting = () => stats().queued;
    const arrived = async () => (await flush(), stats().dropped);`,
  ...Object.fromEntries(
    Object.entries(spanHeads).map(([title, head]) => [
      title,
      `${head}
      const startTask = () => {}, inContext = (run) => run(), waiting = () => 0, arrived = () => undefined;
      const ready = undefined;`,
    ]),
  ),
};

/** Prints the benchmark for each Node. */
export async function log({ json, rounds, engines, order, write: isWritten }) {
  let isOver = false;
  const columns = [];
  for (const { path, name } of engines) {
    const rows = await measured(path, Number(rounds));
    columns.push({ name, rows });
    if (!json) console.log(`\nlog: what does it cost to log an event? (Node ${name})`);
    for (const row of rows) {
      if (row.title === 'throughline') isOver ||= row.call > BUDGET_NS;
      if (json) console.log(JSON.stringify({ bench: 'log', ...row, node: name }));
      else console.log(`  ${row.title.padEnd(24)} ${told(row).join('  ')}`);
    }
  }
  if (isWritten) await write('log', table(columns), order);
  return { isOver };
}

async function measured(node, rounds) {
  const sink = await startSink(() => {});
  const httpSink = createServer((request, response) => {
    request.resume().on('end', () => response.end(request.url === '/info' ? '{}' : undefined));
  }).listen(0, '127.0.0.1');
  await once(httpSink, 'listening');
  const places = {
    $sink: `127.0.0.1:${sink}`,
    $httpSink: `http://127.0.0.1:${httpSink.address().port}`,
  };
  const samples = Object.keys(heads).map((title) => ({
    title,
    file: programOf(title, node),
    all: [],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { title, file, all } of samples) {
      const { flags = [], env = {} } = tracers[title] ?? {};
      const given = Object.entries(env).map(([name, value]) => [name, places[value] ?? value]);
      const { stdout } = await execute(node, [...flags, child, file, String(COUNT)], {
        cwd: dirname(file),
        env: {
          ...{
            ...process.env,
            NODE_ENV: 'production',
            SINK: places.$sink,
            THROUGHLINE_BRIDGE: 'off',
          },
          ...Object.fromEntries(given),
        },
      });
      all.push(JSON.parse(stdout));
    }
  }
  httpSink.closeAllConnections();
  httpSink.close();
  return samples.map(({ title, all }) => ({
    title,
    ...Object.fromEntries(
      ['call', 'cpu', 'rate', 'dropped'].map((key) => [key, median(all.map((one) => one[key]))]),
    ),
  }));
}

/** Compiles the program of a case. That of another tracer has the packages of its own folder. */
function programOf(title, node) {
  const context = title === 'throughline' ? contexts.throughline : contexts.nothing;
  const head = `${heads[title]}\nexport { ready };`;
  const file = compile(`log-${title}`, { ...context, head, source: 'log.js' });
  if (!(title in tracers)) return file;
  const beside = join(peersFor(node), basename(file));
  copyFileSync(file, beside);
  return beside;
}

/** Returns the cells of a case. Other tracers do not say what has arrived. */
function told({ title, call, cpu, rate, dropped }) {
  const isOurs = title === 'throughline';
  const mark = isOurs && call > GOAL_NS ? ' **OVER**' : '';
  const arrived = `${Math.round(rate / 1000)},000 events/s, ${dropped} dropped${rate < GOAL_RATE ? ' **OVER**' : ''}`;
  return [`${call.toFixed(0)} ns${mark}`, `${cpu.toFixed(0)} ns`, isOurs ? arrived : ''];
}

function table(columns) {
  const titles = columns[0].rows.map(({ title }) => title);
  const goal = (title) =>
    title === 'throughline'
      ? `${title} (goal ${GOAL_NS} ns, ${GOAL_RATE.toLocaleString('en')}/s)`
      : title;
  const heads = columns.flatMap(({ name }) => [`Node ${name}: call`, 'with sending', 'arrived']);
  return [
    '## log\n',
    'Logging an event: nanoseconds on the path of the caller, those of the whole process for each event, and how many arrive at a collector that stores nothing. Other tracers log a span that is over at once, and drop what they cannot send in time.\n',
    `| | ${heads.join(' | ')} |`,
    `| --- | ${heads.map(() => '---').join(' | ')} |`,
    ...titles.map(
      (title, i) =>
        `| ${goal(title)} | ${columns.flatMap(({ rows }) => told(rows[i])).join(' | ')} |`,
    ),
    '',
  ].join('\n');
}
