// Runs the compiled program of a case of `log`, after a warm-up, and prints what it has measured.
import { pathToFileURL } from 'node:url';

const [, , file, count] = process.argv;
const { inContext, ready, run } = await import(pathToFileURL(file).href);
await ready;
await inContext(() => run(50_000));
process.stdout.write(JSON.stringify(await inContext(() => run(Number(count)))), () =>
  process.exit(),
);
