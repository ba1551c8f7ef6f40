import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Packages that run below the runtime and must stay as they are: the runtime itself, ours that watch tests, and code that
 * a bundler runs before modules exist.
 */
const beneath: ReadonlySet<string> = new Set([
  ...['@throughline/runtime', '@throughline/ledger', '@throughline/vitest'],
  ...['@react-native/js-polyfills', 'core-js', 'core-js-pure'],
  'metro-runtime',
]);

/** Packages of helpers that compilers import into every file, and so into the runtime where a build lowers that, too. */
const helpers: ReadonlySet<string> = new Set([
  ...['@babel/runtime', '@babel/runtime-corejs3', '@swc/helpers', 'regenerator-runtime', 'tslib'],
]);
const known = new Map<string, string>();

/**
 * Returns true for files that the runtime depends on and that must never be instrumented. With `isLoaded`, the program
 * runs as it is loaded, and the runtime as it is published: it uses no helpers.
 */
export function isBeneathRuntime(
  filename: string | null | undefined,
  { isLoaded = false }: { readonly isLoaded?: boolean | undefined } = {},
): boolean {
  if (!filename) return false;
  const name = packageNameOf(dirname(filename));
  return beneath.has(name) || (!isLoaded && helpers.has(name));
}

/** Returns the name in the nearest package.json that has one. */
function packageNameOf(folder: string): string {
  let name = known.get(folder);
  if (name === undefined) {
    const parent = dirname(folder);
    name = packageName(folder) ?? (parent === folder ? '' : packageNameOf(parent));
    known.set(folder, name);
  }
  return name;
}

function packageName(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { name?: string }).name;
  } catch {
    return undefined;
  }
}
