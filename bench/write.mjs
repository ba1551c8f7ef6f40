// docs/performance.md: a table for each benchmark, a column for each Node.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { verdict } from './measure.mjs';
import { weights } from './memory.mjs';
import { sizes } from './size.mjs';

const file = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

const HEAD = `# What Throughline costs

Written by \`npm run bench -- --write\`, with \`--node PATH\` for each Node beside the running one. Every case runs
in a process of its own, on built files compiled as for production, in turn with the others; a cell is the median of
the rounds, their spread, and the ratio to the same program with nothing. **OVER** marks what is over its budget.
Measure on your own machine before you believe any of it: \`npm run bench -- await\`.
`;

/** Replaces one table, and keeps the others, in the order of these names. */
export async function write(name, table, order) {
  const tables = new Map(kept()).set(name, table);
  const text = [HEAD, ...order.map((one) => tables.get(one) ?? '')].join('\n');
  writeFileSync(file, await format(text, { filepath: file, ...(await resolveConfig(file)) }));
}

function kept() {
  if (!existsSync(file)) return [];
  const sections = readFileSync(file, 'utf8').split(/^(?=## )/m);
  return sections.slice(1).map((section) => [/^## (\S+)/.exec(section)[1], section]);
}

export function benchmarkTable(benchmark, columns, rounds) {
  const { name, question, unit } = benchmark;
  const [first] = columns;
  const measured = first.results[0].clock
    ? `Nanoseconds of the service's CPU time for each ${unit}, and how many it served a second`
    : `Nanoseconds for each ${unit}`;
  const lines = first.results.map(({ title }, i) =>
    row(
      `${title}${budgetOf(benchmark, title)}`,
      ...columns.map(({ results }) => cell(benchmark, results[i])),
    ),
  );
  return [
    `## ${name}\n`,
    `${question[0].toUpperCase()}${question.slice(1)}${question.endsWith('?') ? '' : '.'} ${measured}, ${rounds} rounds.\n`,
    row('', ...columns.map(({ engine }) => `Node ${engine}`)),
    row('---', ...columns.map(() => '---')),
    ...[...lines, ''],
  ].join('\n');
}

function row(...cells) {
  return `| ${cells.join(' | ')} |`;
}

function budgetOf(benchmark, title) {
  const found = verdict(benchmark, { title, ratio: 0, median: 0 });
  return found ? ` (budget ${found.limit})` : '';
}

function cell(benchmark, result) {
  const { median, low, high, ratio, clock } = result;
  const found = verdict(benchmark, result);
  const mark = found && !found.within ? ' **OVER**' : '';
  const rate = clock ? `, ${Math.round(1e9 / clock)}/s` : '';
  return `${shown(median)} (${shown(low)}–${shown(high)}), ${ratio.toFixed(2)}x${rate}${mark}`;
}

function shown(ns) {
  return ns < 20 ? ns.toFixed(1) : ns.toFixed(0);
}

/** Columns are engines: `{ path, name }`. */
export function memoryTable(engines) {
  const columns = engines.map(({ path }) => weights(path));
  const lines = columns[0].map(({ title, limit }, i) =>
    row(
      `${title}${limit ? ` (budget ${limit} more)` : ''}`,
      ...columns.map((column) => {
        const { bytes, more, within } = column[i];
        return `${bytes.toFixed(0)}, +${more.toFixed(0)}${within === false ? ' **OVER**' : ''}`;
      }),
    ),
  );
  return [
    '## memory\n',
    'Bytes of heap of an activation of an async function while it waits, and how many more than with nothing.\n',
    row('', ...engines.map(({ name }) => `Node ${name}`)),
    row('---', ...engines.map(() => '---')),
    ...[...lines, ''],
  ].join('\n');
}

export async function sizeTable() {
  const lines = (await sizes()).map(({ title, bytes, limit, within }) =>
    row(
      `${title}${limit ? ` (budget ${limit})` : ''}`,
      `${bytes}${within === false ? ' **OVER**' : ''}`,
    ),
  );
  return [
    '## size\n',
    'Gzip bytes of minified bundles.\n',
    row('', 'bytes'),
    row('---', '---'),
    ...lines,
    '',
  ].join('\n');
}
