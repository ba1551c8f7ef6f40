// npm run bench -- NAME... [--json] [--write] [--rounds N] [--node PATH]... [--suite DIR]
//
// Runs on built files. Prints the median of the rounds, their range, and the ratio to the case `nothing`. --write
// writes the results to docs/performance.md, with a column per Node. `jest` runs your own project with `--suite`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure, verdict } from './measure.mjs';
import { benchmarkTable, memoryTable, sizeTable, write } from './write.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    suite: { type: 'string' },
    node: { type: 'string', multiple: true, default: [process.execPath] },
  },
});
const folder = new URL('./', import.meta.url);
const benchFiles = readdirSync(folder).filter((file) => file.endsWith('.bench.mjs'));
const benchmarks = (
  await Promise.all(benchFiles.map((file) => import(new URL(file, folder))))
).flatMap((module) => module.default);
/** Benchmarks not measured in nanoseconds. Each has a module of its name that exports a function of its name. */
const others = ['size', 'memory', 'jest'].filter((name) =>
  existsSync(new URL(`${name}.mjs`, folder)),
);

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
for (const benchmark of chosen) {
  const columns = [];
  for (const engine of engines) {
    const results = await measure(benchmark, engine.path, Number(values.rounds));
    columns.push({ engine: engine.name, results });
    (values.json ? printJson : print)(benchmark, engine, results);
  }
  // Write after each benchmark, so that an interrupted run keeps its results.
  if (values.write)
    await write(benchmark.name, benchmarkTable(benchmark, columns, values.rounds), order);
}
for (const name of chosenOthers) await (await import(`./${name}.mjs`))[name](values);
const tables = { size: sizeTable, memory: () => memoryTable(engines) };
for (const [name, table] of Object.entries(values.write ? tables : {})) {
  if (chosenOthers.includes(name)) await write(name, await table(), order);
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
    const told = found ? `  ${found.within ? 'within' : 'OVER'} ${found.limit}` : '';
    const rate = clock ? `  ${String(Math.round(1e9 / clock)).padStart(6)} requests/s` : '';
    console.log(
      `  ${title.padEnd(24)} ${median.toFixed(1).padStart(8)} ns/${unit}  (${low.toFixed(0)}-${high.toFixed(0)})  ${ratio.toFixed(2).padStart(6)}x${rate}${told}`,
    );
  }
}
