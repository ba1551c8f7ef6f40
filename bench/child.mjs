// Runs one case and prints nanoseconds per operation, after warm-up. Reports the fastest of several short runs:
// on a busy machine the others were interrupted.
import { pathToFileURL } from 'node:url';

const [, , file, countText, runsText] = process.argv;
const [count, runs] = [Number(countText), Number(runsText)];
const { inContext, loop } = await import(pathToFileURL(file).href);

for (let i = 0; i < runs / 6; i++) await inContext(() => loop(count));
const times = [];
for (let i = 0; i < runs; i++) {
  const start = process.hrtime.bigint();
  await inContext(() => loop(count));
  times.push(Number(process.hrtime.bigint() - start) / count);
}
process.stdout.write(JSON.stringify({ ns: Math.min(...times) }));
