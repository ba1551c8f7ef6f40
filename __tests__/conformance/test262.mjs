// npm run conformance -- test262 DIR [--filter TEXT] [--workers N] [--json FILE] [--options JSON]
//
// Runs tests of a test262 checkout untransformed and transformed, and lists those that pass before
// and fail after. Exits 1 when one is lost that known-losses.json does not explain. The options are
// the plugin's: `--options '{"generators":"creation"}'`.
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { testFiles } from './test262-files.mjs';

const { values, positionals } = parseArgs({
  args: process.argv.slice(3),
  allowPositionals: true,
  options: {
    filter: { type: 'string' },
    workers: { type: 'string', default: '2' },
    json: { type: 'string' },
    options: { type: 'string', default: '{}' },
  },
});
const [directory] = positionals;
if (directory === undefined) {
  console.error('Usage: npm run conformance -- test262 DIR [--filter TEXT] [--workers N]');
  process.exit(2);
}

/** Files that one process runs: the engine keeps realms whose scripts may `import()`. */
const RENEWED_AFTER = 500;

const files = testFiles(directory).filter((file) => file.includes(values.filter ?? ''));
const results = await runAll(files);
report(results);

async function runAll(queue) {
  const collected = [];
  let next = 0;
  const worker = async () => {
    let child = start();
    for (let asked = 1; next < queue.length; asked++) {
      const file = queue[next++];
      let answer = await ask(child, file);
      // A loaded machine may have kept it waiting: once more in a fresh process.
      if (answer.broken) {
        child = startAfter(child);
        answer = await ask(child, file);
      }
      if (answer.broken || asked % RENEWED_AFTER === 0) child = startAfter(child);
      collected.push(...answer.runs);
    }
    child.kill('SIGKILL');
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, worker));
  return collected;
}

function startAfter(child) {
  child.kill('SIGKILL');
  return start();
}

/** A process of its own: a test may never end, and some bring the engine down. */
function start() {
  return fork(
    fileURLToPath(new URL('./test262-worker.mjs', import.meta.url)),
    [directory, values.options],
    {
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
}

/**
 * The runs of one file. A run that never ends, or ends the process, is one that failed: a program
 * that hangs once it is compiled is lost as much as one that throws.
 */
function ask(child, file) {
  return new Promise((resolve) => {
    const runs = [];
    let started;
    const listeners = {
      message: (message) => {
        limit.refresh();
        if (message.started) started = message.started;
        else if (message.run) runs.push(message.run);
        else done();
      },
      exit: () => done('ended the process'),
    };
    const limit = setTimeout(() => done('never ended'), 30_000);
    const done = (broken) => {
      clearTimeout(limit);
      for (const [name, listener] of Object.entries(listeners)) child.off(name, listener);
      if (broken) {
        console.error(`${broken}: ${file} (${started.run.mode}, ${started.variant})`);
        runs.push({ file, ...started.run, [started.variant]: broken });
      }
      resolve({ runs, broken });
    };
    for (const [name, listener] of Object.entries(listeners)) child.on(name, listener);
    child.send(file);
  });
}

function report(runs) {
  const known = JSON.parse(readFileSync(new URL('./known-losses.json', import.meta.url), 'utf8'));
  const before = runs.filter(({ before }) => before === 'pass');
  const lost = before.filter(({ after }) => after !== 'pass');
  // Where the run after broke the process, nobody asked Babel alone.
  const byBabel = lost.filter(({ babel = 'pass' }) => babel !== 'pass');
  const ours = lost.filter((run) => !byBabel.includes(run));
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
  if (values.json)
    writeFileSync(
      values.json,
      JSON.stringify(
        { ours, byBabel, failing: runs.filter(({ before }) => before !== 'pass') },
        null,
        1,
      ),
    );
  process.exit(unexplained.length === 0 ? 0 : 1);
}
