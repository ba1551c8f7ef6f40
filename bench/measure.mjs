// Runs the cases of a benchmark in rounds, so that noise affects all cases alike, and each case in its own process.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { here } from './compile.mjs';

const run = promisify(execFile);
const child = fileURLToPath(new URL('./child.mjs', import.meta.url));
/** The load of a checkout: what starts the service there is instrumented as well, and finds the packages of that checkout. */
const loadOf = (root = here) => join(root, 'bench', 'services', 'load.mjs');

/** Returns a case that runs a loop several times and measures nanoseconds per operation. */
export function loop(file, count, runs, env) {
  const path = once(file);
  return (node, root) => printed(node, [child, path(root), String(count), String(runs)], env);
}

/**
 * Returns a case that loads a service from another process and measures its CPU nanoseconds per request. `way` are flags of
 * Node and variables for the service; a variable may name a place to send to, as `$sink` does.
 */
export function service(protocol, file, expects, env, way = {}) {
  const path = once(file);
  return (node, root) =>
    printed(node, [loadOf(root), protocol, path(root), expects, JSON.stringify(way)], env);
}

async function printed(node, args, env = {}) {
  const { stdout } = await run(node, args, { timeout: 90_000, env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

/** Calls `make` once per checkout. */
function once(make) {
  const made = new Map();
  return (root = here) => {
    if (!made.has(root)) made.set(root, make(root));
    return made.get(root);
  };
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

/** Measures our cases in two checkouts, interleaved. Returns, per case, both medians, the ratio and its spread. */
export async function compare({ cases }, node, rounds, roots) {
  const results = [];
  for (const { title, measure } of cases.filter(({ ours }) => ours)) {
    const samples = roots.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, root] of roots.entries()) samples[i].push((await measure(node, root)).ns);
    }
    const ratios = summary(samples[1].map((ns, round) => ns / samples[0][round]));
    const [before, after] = samples.map((times) => summary(times).median);
    results.push({ title, before, after, ...ratios });
  }
  return results;
}

/** Returns the value in the middle, the upper one of two. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)];
  return { median: at(0.5), low: at(0), high: at(1) };
}

/** Returns a case's goal and whether it is reached; undefined when it has no goal. */
export function goalOf({ goal = {} }, { title, ratio }) {
  return goal[title] && { limit: `${goal[title]}x`, within: ratio <= goal[title] };
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
