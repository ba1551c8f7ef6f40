// npm run engines                        every engine that is here, or that npm has
// npm run engines -- --install           Debian's too (apt-get)
// npm run engines -- --only node20,bun   some of them
// npm run engines -- --write             also writes the table to docs/engines.md
// npm run engines -- --totals FILE       appends {"passed":…,"failed":…,"skipped":…} to a file
//
// Runs one suite of compiled programs on every engine and prints a table of engine by construct. Exits 1 when a case
// failed.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleLowered, bundleModern, copyBuilt } from './bundle.mjs';
import { engines } from './engines.mjs';
import { NotRun } from './install.mjs';
import { markKnown } from './known.mjs';
import { readAnswer, totalsOf } from './results.mjs';
import { asMarkdown, asText } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, '.cache', 'engines');
const LIMIT_MS = 120_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    install: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    totals: { type: 'string' },
  },
});
const wanted = values.only?.split(',');
const unknown = wanted?.filter((name) => !engines.some((engine) => engine.name === name)) ?? [];
if (unknown.length > 0) {
  const names = engines.map(({ name }) => name).join(', ');
  console.error(`No engine is called ${unknown.join(', ')}. There are: ${names}.`);
  process.exit(2);
}

mkdirSync(cache, { recursive: true });
const built = copyBuilt(cache);
const bundles = { modern: () => bundleModern(built), lowered: () => bundleLowered(built, cache) };
const scripts = {};

const results = [];
for (const engine of engines.filter(({ name }) => wanted?.includes(name) ?? true)) {
  const started = Date.now();
  const result = await runOn(engine);
  results.push(result);
  console.log(
    `${engine.title}: ${summary(result)} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
}

console.log(`\n${asText(results)}\n`);
if (values.write && !wanted)
  writeFileSync(join(root, 'docs', 'engines.md'), await asMarkdown(results));
const totals = totalsOf(results);
if (values.totals) appendFileSync(values.totals, `${JSON.stringify(totals)}\n`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;

/** What an engine answered, or why it was not run. */
async function runOn(engine) {
  const folder = join(cache, engine.name);
  mkdirSync(folder, { recursive: true });
  let version;
  try {
    const { open } = await import(`./adapters/${engine.adapter}.mjs`);
    const opened = await open(engine, { folder, limitMs: LIMIT_MS, install: values.install });
    version = opened.version;
    const answer = await opened.run(await (scripts[engine.form] ??= bundles[engine.form]()));
    return { engine, version, cases: markKnown(engine.name, readAnswer(answer).cases) };
  } catch (error) {
    if (!(error instanceof NotRun)) throw error;
    return { engine, version, notRun: error.message, cases: [] };
  }
}

function summary({ version, notRun, cases }) {
  if (notRun) return `not run: ${notRun}`;
  const count = (outcome) => cases.filter((one) => one.outcome === outcome).length;
  return `${version}, ${count('passed')} passed, ${count('failed')} failed, ${count('absent')} absent`;
}
