// Runs the cases of a benchmark in rounds, so that noise affects all cases alike, and each case in its own process.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const child = fileURLToPath(new URL('./child.mjs', import.meta.url));
const load = fileURLToPath(new URL('./services/load.mjs', import.meta.url));

/** Returns a case that runs a loop several times and measures nanoseconds per operation. */
export function loop(file, count, runs) {
  const path = once(file);
  return (node) => printed(node, [child, path(), String(count), String(runs)]);
}

/** Returns a case that loads a service from another process and measures its CPU nanoseconds per request. */
export function service(protocol, file, expects) {
  const path = once(file);
  return (node) => printed(node, [load, protocol, path(), expects]);
}

async function printed(node, args) {
  const { stdout } = await run(node, args, { timeout: 90_000 });
  return JSON.parse(stdout);
}

function once(make) {
  let made;
  return () => (made ??= make());
}

/** Returns each case's median over the rounds, its spread, and its ratio to the first case. */
export async function measure({ cases }, node, rounds) {
  const samples = new Map(cases.map(({ title }) => [title, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { title, measure } of cases) samples.get(title).push(await measure(node));
  }
  const results = cases.map(({ title }) => {
    const of = (key) => samples.get(title).map((sample) => sample[key]);
    const clock = samples.get(title)[0].clock && summary(of('clock')).median;
    return { title, ...summary(of('ns')), clock };
  });
  const [base] = results;
  return results.map((result) => ({ ...result, ratio: result.median / base.median }));
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)];
  return { median: at(0.5), low: at(0), high: at(1) };
}

/** Returns a case's budget and whether it is within it; undefined when it has no budget. */
export function verdict({ budget = {}, budgetNs = {} }, { title, ratio, median }) {
  if (budget[title] !== undefined) {
    return { limit: `${budget[title]}x`, within: ratio <= budget[title] };
  }
  if (budgetNs[title] !== undefined) {
    return { limit: `${budgetNs[title]} ns`, within: median <= budgetNs[title] };
  }
  return undefined;
}
