// One case, in a process of its own: prints nanoseconds an operation, after warming up.
import { pathToFileURL } from 'node:url';

const [, , file, countText] = process.argv;
const count = Number(countText);
const { inContext, loop } = await import(pathToFileURL(file).href);

await inContext(() => loop(count / 2));
const times = [];
for (let i = 0; i < 3; i++) {
  const start = process.hrtime.bigint();
  await inContext(() => loop(count));
  times.push(Number(process.hrtime.bigint() - start) / count);
}
process.stdout.write(JSON.stringify(Math.min(...times)));
