// Rounds of cases in turn, so that a noisy moment hits them all; each case in a process of its own.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const child = fileURLToPath(new URL('./child.mjs', import.meta.url));
const load = fileURLToPath(new URL('./services/load.mjs', import.meta.url));

/** A case that is a loop over something, run several times: nanoseconds an operation. */
export function loop(file, count, runs) {
  const path = once(file);
  return (node) => printed(node, [child, path(), String(count), String(runs)]);
}

/** A case that is a service under load from another process: nanoseconds of its CPU time a request. */
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

/** The median of the rounds and their spread, for each case. */
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

/** What a case is allowed, and whether it keeps to it; undefined where there is no budget. */
export function verdict({ budget = {}, budgetNs = {} }, { title, ratio, median }) {
  if (budget[title] !== undefined) {
    return { limit: `${budget[title]}x`, within: ratio <= budget[title] };
  }
  if (budgetNs[title] !== undefined) {
    return { limit: `${budgetNs[title]} ns`, within: median <= budgetNs[title] };
  }
  return undefined;
}
