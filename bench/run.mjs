// npm run bench -- NAME... [--json] [--rounds N] [--node PATH]
//
// Runs on built files, each case in its own process, cases in turn within a round, so that a noisy
// moment hits them all. Prints the median of the rounds, their spread, and the ratio to nothing.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    node: { type: 'string', default: process.execPath },
  },
});
const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.bench.mjs'));
const all = (await Promise.all(files.map((file) => import(new URL(file, folder))))).flatMap(
  (module) => module.default,
);
const wantsSize = positionals.length === 0 || positionals.includes('size');
const chosen =
  positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));
if (chosen.length === 0 && !wantsSize) {
  const names = [...all.map(({ name }) => name), 'size'].join(', ');
  console.error(`No benchmark is called ${positionals.join(', ')}. There are: ${names}.`);
  process.exit(2);
}
for (const benchmark of chosen) report(benchmark, measure(benchmark));
if (wantsSize) await (await import('./size.mjs')).size(values);

function measure({ cases }) {
  const ready = cases.map((one) => ({ ...one, path: one.file(), times: [] }));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { path, count, times } of ready) {
      const child = fileURLToPath(new URL('./child.mjs', folder));
      times.push(
        JSON.parse(execFileSync(values.node, [child, path, String(count)], { encoding: 'utf8' })),
      );
    }
  }
  return ready.map(({ title, times }) => ({ title, ...summary(times) }));
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)];
  return { median: at(0.5), low: at(0), high: at(1) };
}

function report({ name, question, unit, budget }, results) {
  const [base] = results;
  if (values.json) {
    for (const { title, median } of results) {
      const ratio = Number((median / base.median).toFixed(3));
      console.log(
        JSON.stringify({ bench: name, case: title, nsPerOp: Number(median.toFixed(1)), ratio }),
      );
    }
    return;
  }
  console.log(`\n${name}: ${question} (${engine()})`);
  for (const { title, median, low, high } of results) {
    const ratio = median / base.median;
    const limit = budget[title];
    const verdict =
      limit === undefined ? '' : ratio <= limit ? `  within ${limit}x` : `  OVER ${limit}x`;
    console.log(
      `  ${title.padEnd(24)} ${median.toFixed(1).padStart(8)} ns/${unit}  (${low.toFixed(0)}-${high.toFixed(0)})  ${ratio.toFixed(2).padStart(6)}x${verdict}`,
    );
  }
}

function engine() {
  return `Node ${execFileSync(values.node, ['--version'], { encoding: 'utf8' }).trim().slice(1)}`;
}
