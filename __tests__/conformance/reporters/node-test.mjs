// Writes a line of JSON a test, for projects-tools.mjs, with the titles of the tests it is in.
import { relative } from 'node:path';

export default async function* (events) {
  const titles = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') titles[data.nesting] = data.name;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.skip !== undefined || data.todo !== undefined) continue;
    const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
    const name = [file, ...titles.slice(0, data.nesting), data.name].join(' > ');
    yield `${JSON.stringify([name, type === 'test:pass'])}\n`;
  }
}
