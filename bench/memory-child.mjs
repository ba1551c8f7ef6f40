// Prints the heap bytes of one pending call. Run with --expose-gc.
import { pathToFileURL } from 'node:url';

const [, , file, countText] = process.argv;
const count = Number(countText);
const { inContext, pending } = await import(pathToFileURL(file).href);

// Warm up: compiled code and type feedback are allocated once, independent of the count.
inContext(() => pending(1_000));
const before = used();
const kept = inContext(() => pending(count));
const bytes = (used() - before) / count;
process.stdout.write(JSON.stringify({ bytes, kept: kept.length }));

function used() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  return process.memoryUsage().heapUsed;
}
