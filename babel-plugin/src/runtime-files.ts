import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Packages that run beneath the runtime: itself, what compilers import into every file, and what a
 * bundler runs before there are modules.
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

/** Whether a file belongs to what the runtime itself stands on, and must never be instrumented. */
export function isBeneathRuntime(filename: string | null | undefined): boolean {
  return filename ? isRuntimeFolder(dirname(filename)) : false;
}

/** Asks the nearest package that has a name, and remembers each folder's answer. */
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
