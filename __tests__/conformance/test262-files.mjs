import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of test262 that a rewriter of asynchronous code can break. */
const folders = [
  'language/expressions/async-arrow-function',
  'language/expressions/async-function',
  'language/expressions/async-generator',
  'language/expressions/arrow-function',
  'language/expressions/await',
  'language/expressions/class',
  'language/expressions/dynamic-import',
  'language/expressions/function',
  'language/expressions/generators',
  'language/expressions/object',
  'language/expressions/optional-chaining',
  'language/expressions/super',
  'language/expressions/yield',
  'language/module-code/top-level-await',
  'language/statements/async-function',
  'language/statements/async-generator',
  'language/statements/await-using',
  'language/statements/class',
  'language/statements/for-await-of',
  'language/statements/function',
  'language/statements/generators',
  'language/statements/labeled',
  'language/statements/switch',
  'language/statements/try',
  'built-ins/AsyncFromSyncIteratorPrototype',
  'built-ins/AsyncFunction',
  'built-ins/AsyncGeneratorFunction',
  'built-ins/AsyncGeneratorPrototype',
  'built-ins/AsyncIteratorPrototype',
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
