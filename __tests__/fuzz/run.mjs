// npm run fuzz -- [--programs N] [--seed S] [--causes] [--bridge] [--runtime DIR]
//
// Random programs of compiled and uncompiled code, over built files. Each is checked against its own model
// (writer.mjs), and against itself uncompiled, over Node's AsyncLocalStorage: on Node 24 and later that must
// hold what the model says, and always every tick must be where it was. With `--bridge`, so must what code that is
// not compiled starts. A failure prints the
// program, made as small as it gets, and its seed.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compiledWith, executed, plainWith } from './forms.mjs';
import { textOf, written } from './writer.mjs';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    causes: { type: 'boolean', default: false },
    bridge: { type: 'boolean', default: false },
    runtime: { type: 'string' },
  },
});
const file = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
process.env.THROUGHLINE_BRIDGE = values.bridge ? 'on' : 'off';
const plain = plainWith(values.bridge);
const ours = compiledWith({
  runtime: values.runtime ?? file('runtime/dist/cjs'),
  plugin: file('babel-plugin/dist/cjs/index.js'),
  causes: values.causes,
  isBridged: values.bridge,
});

/** Programs that are compiled and run together. */
const BATCH = 50;
const first = Number(values.seed);
const count = Number(values.programs);
let looks = 0;
let entries = 0;

for (let done = 0; done < count; done += BATCH) {
  if (done > 0 && done % 10_000 === 0) console.error(`${done} programs`);
  const seeds = Array.from({ length: Math.min(BATCH, count - done) }, (_, i) => first + done + i);
  const programs = seeds.map(written);
  const found = await failures(programs, seeds);
  const failed = programs.map((_, i) => i).filter((i) => found[i] !== undefined);
  if (failed.length === 0) continue;
  // One that leaks is seen by all that run beside it: the one that fails alone is to blame.
  let blamed;
  for (const i of failed) {
    if (blamed === undefined && (await failureOf(programs[i], seeds[i]))) blamed = i;
  }
  await tell(programs, seeds, found, blamed ?? failed[0]);
  process.exit(1);
}
console.log(`${count} programs from seed ${first}: ${looks} looks, ${entries} entries, no failure`);

/** What is wrong with each program, or undefined. */
async function failures(programs, seeds) {
  const compiled = await executed(ours, programs, seeds);
  const native = await executed(plain, programs, seeds);
  return programs.map((statements, i) => {
    looks += compiled[i].trace.filter((entry) => typeof entry === 'number').length;
    entries += compiled[i].trace.length;
    const [wrong] = compiled[i].wrong;
    if (wrong !== undefined) return `compiled: ${wrong}`;
    const [model] = native[i].wrong;
    if (model !== undefined) return `Node: ${model}`;
    const text = textOf(statements);
    // A timer and an immediate race.
    if (text.includes('setTimeout')) return undefined;
    const [is, ought] = [compiled[i], native[i]].map(({ trace }) => trace.join());
    return is === ought ? undefined : `order: compiled ${is}\n       plain    ${ought}`;
  });
}

async function tell(programs, seeds, found, i) {
  const [statements, seed] = [programs[i], seeds[i]];
  const alone = await failureOf(statements, seed);
  console.log(`Seed ${seed}: ${alone ?? found[i]}`);
  if (alone === undefined) {
    console.log(`It fails only beside others: --programs ${seeds.length} --seed ${seeds[0]}.`);
    console.log(`\n${textOf(statements)}`);
    return;
  }
  const smallest = await shrunk(statements, (fewer) => failureOf(fewer, seed));
  console.log(`\nnpm run fuzz -- --programs 1 --seed ${seed}, in short:\n\n${textOf(smallest)}\n`);
  console.log(await failureOf(smallest, seed));
}

async function failureOf(statements, seed) {
  return (await failures([statements], [seed]))[0];
}

/** Leaves out one statement after the other, as long as it still fails. */
async function shrunk(statements, failing) {
  for (let i = statements.length - 1; i >= 0; i--) {
    const without = statements.toSpliced(i, 1);
    if (await failing(without)) statements = without;
  }
  for (let i = 0; i < statements.length; i++) {
    for (let j = 0; j < statements[i].blocks.length; j++) {
      const withBlock = (block) => {
        const changed = { ...statements[i], blocks: statements[i].blocks.with(j, block) };
        return statements.with(i, changed);
      };
      const block = await shrunk(statements[i].blocks[j], (fewer) => failing(withBlock(fewer)));
      statements = withBlock(block);
    }
  }
  return statements;
}
