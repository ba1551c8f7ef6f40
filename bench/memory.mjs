// npm run bench -- memory [--json] [--node PATH]...
//
// Measures the heap bytes of a pending call of an async function: its promise, its state and what Throughline adds.
// Bytes do not vary between rounds, so there is only one.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.mjs';
import { contexts, withCauses } from './contexts.mjs';

const child = fileURLToPath(new URL('./memory-child.mjs', import.meta.url));
const COUNT = 100_000;
/** What a build must not exceed; the goal is 150. */
const BUDGET = 180;

/** Returns the bytes of a pending call in each context, and the difference to the context `nothing`. */
export function weights(node) {
  const rows = Object.entries({ ...contexts, ...withCauses }).map(([title, context]) => {
    const name = `pending-${title.replaceAll(/\W+/g, '-')}`;
    const file = compile(name, { ...context, source: 'pending.js' });
    const printed = execFileSync(node, ['--expose-gc', child, file, String(COUNT)]);
    return { title, bytes: JSON.parse(printed).bytes };
  });
  const [nothing] = rows;
  return rows.map(({ title, bytes }) => {
    const more = bytes - nothing.bytes;
    const budget = title === 'throughline' ? { limit: BUDGET, within: more <= BUDGET } : {};
    return { title, bytes, more, ...budget };
  });
}

/** Prints the memory benchmark for each Node. */
export function memory({ json, node }) {
  let isOver = false;
  for (const path of node) {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1);
    if (!json)
      console.log(
        `\nmemory: how much memory does a pending call of an async function take? (Node ${version})`,
      );
    for (const { title, bytes, more, limit, within } of weights(path)) {
      isOver ||= within === false;
      if (json) {
        const line = {
          bench: 'memory',
          case: title,
          bytes: Math.round(bytes),
          more: Math.round(more),
        };
        console.log(JSON.stringify(node.length > 1 ? { ...line, node: version } : line));
        continue;
      }
      const told =
        limit === undefined ? '' : `  ${within ? 'within' : 'OVER'} budget of +${limit} bytes`;
      console.log(
        `  ${title.padEnd(24)} ${bytes.toFixed(0).padStart(6)} bytes  ${`+${more.toFixed(0)}`.padStart(6)}${told}`,
      );
    }
  }
  return { isOver };
}
