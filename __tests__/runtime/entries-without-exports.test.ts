import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const runtime = resolve(__dirname, '../../runtime');

interface Description {
  main: string;
  module: string;
  types: string;
  files: string[];
  exports: Record<string, string | { import: Entry; require: Entry }>;
}
interface Entry {
  types: string;
  default: string;
}

const read = (folder: string): Description =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Description;
const published = read(runtime);
const entries = Object.entries(published.exports).filter(
  // Those that are made for one tool have one form.
  (entry): entry is [string, { import: Entry; require: Entry }] =>
    typeof entry[1] !== 'string' && 'import' in entry[1],
);

// Jest before 28, webpack 4, Metro before 0.82 and browserify look for a folder or a file.
test.each(entries)('%s is found by tools that do not know exports', (path, entry) => {
  const folder = join(runtime, path);
  const { main, module, types } = read(folder);

  expect(resolve(folder, main)).toBe(resolve(runtime, entry.require.default));
  expect(resolve(folder, module)).toBe(resolve(runtime, entry.import.default));
  expect(resolve(folder, types)).toBe(resolve(runtime, entry.require.types));
  if (path !== '.') expect(published.files).toContain(path.slice(2));
});
