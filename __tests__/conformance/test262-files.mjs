import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of test262 that a rewriter of asynchronous code can break. */
const folders = [
  'language',
  'annexB/language',
  'built-ins/Array/fromAsync',
  'built-ins/AsyncDisposableStack',
  'built-ins/AsyncFromSyncIteratorPrototype',
  'built-ins/AsyncFunction',
  'built-ins/AsyncGeneratorFunction',
  'built-ins/AsyncGeneratorPrototype',
  'built-ins/AsyncIteratorPrototype',
  'built-ins/GeneratorFunction',
  'built-ins/GeneratorPrototype',
  'built-ins/Iterator',
  'built-ins/Promise',
];

/** The tests below those folders, by path from the checkout's `test` folder, in a fixed order. */
export function testFiles(directory) {
  return folders.flatMap((folder) =>
    readdirSync(join(directory, 'test', folder), { recursive: true })
      .filter((name) => name.endsWith('.js') && !name.includes('_FIXTURE'))
      .map((name) => join(folder, name))
      .sort(),
  );
}
