// Runs the compiled program of `day`, and prints the heap after each million of requests.
import { pathToFileURL } from 'node:url';

const [, , file, millions] = process.argv;
const { ready, run } = await import(pathToFileURL(file).href);
await ready;
for (let i = 0; i < Number(millions); i++) {
  await run(1_000_000);
  globalThis.gc();
  console.log(process.memoryUsage().heapUsed);
}
process.exit();
