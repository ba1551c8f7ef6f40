// npm run bench -- NAME... [--json] [--write] [--rounds N] [--node PATH]... [--suite DIR] [--store LOCATION] [--compare REV]
//
// Runs on built files. Prints the median of the rounds, their range, and the ratio to the case `nothing`. Exits with 1
// when a budget is exceeded twice in a row. --write writes the results to docs/performance.md, with a column per Node.
// `jest` runs your own project with `--suite`. --compare builds another commit and runs both builds interleaved.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { here } from './compile.mjs';
import { compare, goalOf, measure, verdict } from './measure.mjs';
import { checkout } from './revision.mjs';
import { benchmarkTable, memoryTable, sizeTable, write } from './write.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    suite: { type: 'string' },
    store: { type: 'string' },
    compare: { type: 'string' },
    node: { type: 'string', multiple: true, default: [process.execPath] },
  },
});
const folder = new URL('./', import.meta.url);
const benchFiles = readdirSync(folder).filter((file) => file.endsWith('.bench.mjs'));
const benchmarks = (
  await Promise.all(benchFiles.map((file) => import(new URL(file, folder))))
).flatMap((module) => module.default);
/** Benchmarks not measured in nanoseconds. Each has a module of its name that exports a function of its name. */
const others = [
  'log',
  'day',
  'start',
  'size',
  'memory',
  'collector',
  'page',
  'jest',
  'vitest',
].filter((name) => existsSync(new URL(`${name}.mjs`, folder)));

const isAsked = ({ name, group }) =>
  positionals.length === 0 || positionals.includes(name) || positionals.includes(group);
const chosen = benchmarks.filter(isAsked);
const order = [...benchmarks, ...others.map((name) => ({ name }))].map(({ name }) => name);
const chosenOthers = others.filter((name) => isAsked({ name }));
const known = [
  ...new Set(benchmarks.flatMap(({ name, group }) => [name, group ?? name])),
  ...others,
];
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown benchmark: ${unknown.join(', ')}. Use one of: ${known.join(', ')}.`);
  process.exit(2);
}

const engines = values.node.map((path) => ({
  path,
  name: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1),
}));
if (values.compare !== undefined) {
  if (chosenOthers.length > 0) {
    console.error(`--compare takes benchmarks of constructs, not ${chosenOthers.join(', ')}.`);
    process.exit(2);
  }
  await compareWith(values.compare);
  process.exit();
}
for (const benchmark of chosen) {
  const columns = [];
  for (const engine of engines) {
    const results = await measureTwiceIfOver(benchmark, engine.path, Number(values.rounds));
    columns.push({ engine: engine.name, results });
    if (isOver(benchmark, results)) process.exitCode = 1;
    (values.json ? printJson : print)(benchmark, engine, results);
  }
  // Write after each benchmark, so that an interrupted run keeps its results.
  if (values.write)
    await write(benchmark.name, benchmarkTable(benchmark, columns, values.rounds), order);
}
for (const name of chosenOthers) {
  const found = (await (await import(`./${name}.mjs`))[name]({ ...values, engines, order })) ?? {};
  if (found.isOver) process.exitCode = 1;
}
const tables = { size: sizeTable, memory: () => memoryTable(engines) };
for (const [name, table] of Object.entries(values.write ? tables : {})) {
  if (chosenOthers.includes(name)) await write(name, await table(), order);
}

/** A neighbour on the machine can spoil one measurement, so a missed budget is measured again, three times as long. */
async function measureTwiceIfOver(benchmark, node, rounds) {
  const results = await measure(benchmark, node, rounds);
  return isOver(benchmark, results) ? measure(benchmark, node, 3 * rounds) : results;
}

function isOver(benchmark, results) {
  return results.some((result) => verdict(benchmark, result)?.within === false);
}

/** Prints, for each of our cases, both medians and the ratio of this build to the other one. */
async function compareWith(revision) {
  const other = checkout(revision);
  for (const benchmark of chosen) {
    for (const { path, name } of engines) {
      console.log(`\n${benchmark.name}: ${benchmark.question} (Node ${name})`);
      const results = await compare(benchmark, path, Number(values.rounds), [other, here]);
      for (const { title, before, after, median, low, high } of results) {
        console.log(
          `  ${title.padEnd(24)} ${before.toFixed(1).padStart(8)} -> ${after.toFixed(1).padStart(8)} ns/${benchmark.unit}  ${median.toFixed(2)}x (${low.toFixed(2)}-${high.toFixed(2)})`,
        );
      }
    }
  }
}

function printJson({ name }, engine, results) {
  for (const { title, median, ratio } of results) {
    const line = {
      bench: name,
      case: title,
      nsPerOp: rounded(median, 1),
      ratio: rounded(ratio, 3),
    };
    console.log(JSON.stringify(engines.length > 1 ? { ...line, node: engine.name } : line));
  }
}

function rounded(number, digits) {
  return Number(number.toFixed(digits));
}

function print(benchmark, engine, results) {
  const { name, question, unit } = benchmark;
  console.log(`\n${name}: ${question} (Node ${engine.name})`);
  for (const result of results) {
    const { title, median, low, high, ratio, clock } = result;
    const found = verdict(benchmark, result);
    const goal = goalOf(benchmark, result);
    const aim = goal ? `  goal ${goal.limit} ${goal.within ? 'reached' : 'not reached'}` : '';
    const told = `${found ? `  ${found.within ? 'within' : 'OVER'} ${found.limit}` : ''}${aim}`;
    const rate = clock ? `  ${String(Math.round(1e9 / clock)).padStart(6)} requests/s` : '';
    console.log(
      `  ${title.padEnd(24)} ${median.toFixed(1).padStart(8)} ns/${unit}  (${low.toFixed(0)}-${high.toFixed(0)})  ${ratio.toFixed(2).padStart(6)}x${rate}${told}`,
    );
  }
}
