// npm run bench -- day [--rounds MILLIONS] [--node PATH]...
//
// Does a long life keep something? Prints the heap after each million of requests, after a garbage collection. Exits with 1 if
// the second half needs more than the first one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.mjs';
import { contexts } from './contexts.mjs';
import { heads } from './log.mjs';
import { startSink } from './services/sink.mjs';

const child = fileURLToPath(new URL('./day-child.mjs', import.meta.url));
/** What the heap may grow by from one half to the other: what the engine keeps varies. */
const ROOM_BYTES = 1_000_000;

/** Prints the benchmark for each Node. */
export async function day({ json, rounds, engines }) {
  const head = `${heads.throughline}\nexport { ready };`;
  const file = compile('day-throughline', { ...contexts.throughline, head, source: 'day.js' });
  const sink = await startSink(() => {});
  let isOver = false;
  for (const { path, name } of engines) {
    if (!json) console.log(`\nday: does a long life keep something? (Node ${name})`);
    const bytes = await heapOf(path, file, Number(rounds), `127.0.0.1:${sink}`, (heap, i) => {
      if (json) console.log(JSON.stringify({ bench: 'day', millions: i, heap, node: name }));
      else
        console.log(`  ${String(i).padStart(3)} million requests  ${(heap / 1e6).toFixed(2)} MB`);
    });
    const half = bytes.length >> 1;
    isOver ||= Math.max(...bytes.slice(half)) > Math.max(...bytes.slice(0, half || 1)) + ROOM_BYTES;
  }
  return { isOver };
}

async function heapOf(node, file, millions, sink, told) {
  const env = { ...process.env, NODE_ENV: 'production', SINK: sink, THROUGHLINE_BRIDGE: 'off' };
  const stdio = ['ignore', 'pipe', 'inherit'];
  const running = spawn(node, ['--expose-gc', child, file, String(millions)], { env, stdio });
  const ended = once(running, 'exit');
  const bytes = [];
  for await (const line of createInterface({ input: running.stdout })) {
    told(Number(line), bytes.push(Number(line)));
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  return bytes;
}
