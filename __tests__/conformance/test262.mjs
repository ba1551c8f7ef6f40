// npm run conformance -- test262 DIR [--filter TEXT] [--workers N] [--json FILE]
//
// Runs tests of a test262 checkout untransformed and transformed, and lists those that pass before
// and fail after. Exits 1 when one is lost that known-losses.json does not explain.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { testFiles } from './test262-files.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(3),
  allowPositionals: true,
  options: {
    filter: { type: 'string' },
    workers: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});
const [directory] = positionals;
if (directory === undefined) {
  console.error('Usage: npm run conformance -- test262 DIR [--filter TEXT] [--workers N]');
  process.exit(2);
}

const files = testFiles(directory).filter((file) => file.includes(values.filter ?? ''));
const results = await runAll(files);
report(results);

async function runAll(queue) {
  const collected = [];
  let next = 0;
  const worker = async () => {
    let thread = start();
    while (next < queue.length) {
      const file = queue[next++];
      const answer = await ask(thread, file);
      collected.push(...answer.runs);
      if (answer.ended || answer.stuck) {
        // A test that never ends, or that ended the thread: the next one gets a fresh thread.
        await thread.terminate();
        thread = start();
      }
    }
    await thread.terminate();
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, worker));
  return collected;
}

function start() {
  return new Worker(new URL('./test262-worker.mjs', import.meta.url), {
    workerData: { directory },
    execArgv: ['--experimental-vm-modules', '--no-warnings'],
    stdout: true,
    stderr: true,
  });
}

function ask(thread, file) {
  return new Promise((resolve) => {
    const answers = {
      message: (runs) => done({ runs }),
      error: () => done({ runs: [], ended: true }),
      exit: () => done({ runs: [], ended: true }),
    };
    const limit = setTimeout(() => done({ runs: [], stuck: true }), 30_000);
    const done = (answer) => {
      clearTimeout(limit);
      for (const [name, listener] of Object.entries(answers)) thread.off(name, listener);
      if (!answer.stuck && !answer.ended) return resolve(answer);
      console.error(`${answer.stuck ? 'stuck' : 'ended'}: ${file}`);
      resolve(answer);
    };
    for (const [name, listener] of Object.entries(answers)) thread.on(name, listener);
    thread.postMessage(file);
  });
}

function report(runs) {
  const known = JSON.parse(readFileSync(new URL('./known-losses.json', import.meta.url), 'utf8'));
  const before = runs.filter(({ before }) => before === 'pass');
  const lost = before.filter(({ after }) => after !== 'pass');
  const byBabel = lost.filter(({ babel }) => babel !== 'pass');
  const ours = lost.filter(({ babel }) => babel === 'pass');
  const causeOf = ({ file }) =>
    known.find(({ files }) => files.some((name) => file.endsWith(name)));
  const unexplained = ours.filter((run) => !causeOf(run));

  for (const run of ours) {
    const cause = causeOf(run)?.cause ?? 'UNEXPLAINED';
    console.log(`lost  ${run.file} (${run.mode})\n      ${cause}: ${run.after}`);
  }
  console.log(`${runs.length} runs of ${files.length} files; ${before.length} pass untransformed`);
  console.log(
    `${byBabel.length} of them are lost by Babel without any plugin, ${ours.length} by this plugin`,
  );
  console.log(`${before.length - unexplained.length} passed, ${unexplained.length} failed`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ ours, byBabel }, null, 1));
  process.exit(unexplained.length === 0 ? 0 : 1);
}
