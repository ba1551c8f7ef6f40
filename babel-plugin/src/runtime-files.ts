import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Packages that run below the runtime and must stay as they are: the runtime itself, helpers that compilers
 * import into every file, and code that a bundler runs before modules exist.
 */
const beneath = new Set([
  '@throughline/runtime',
  '@babel/runtime',
  '@babel/runtime-corejs3',
  '@react-native/js-polyfills',
  '@swc/helpers',
  'core-js',
  'core-js-pure',
  'metro-runtime',
  'regenerator-runtime',
  'tslib',
]);
const known = new Map<string, boolean>();

/** Returns true for files that the runtime depends on and that must never be instrumented. */
export function isBeneathRuntime(filename: string | null | undefined): boolean {
  return filename ? isRuntimeFolder(dirname(filename)) : false;
}

/** Looks up the nearest package.json that has a name, and caches the answer for each folder. */
function isRuntimeFolder(folder: string): boolean {
  let answer = known.get(folder);
  if (answer === undefined) {
    const name = packageName(folder);
    const parent = dirname(folder);
    answer =
      name === undefined && parent !== folder ? isRuntimeFolder(parent) : beneath.has(name ?? '');
    known.set(folder, answer);
  }
  return answer;
}

function packageName(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { name?: string }).name;
  } catch {
    return undefined;
  }
}
