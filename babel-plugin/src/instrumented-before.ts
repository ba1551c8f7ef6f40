import { spawnPointKinds } from './options.js';
import type { SiteKind } from './sites.js';

// Code that an earlier build has instrumented, such as a bundle that `register` loads, must stay as it is. So must a bundle with the
// runtime in it: instrumented itself, the runtime would do everything twice, and nobody can tell where in a bundle it ends.

/** What minifiers leave of runtime/src/kernel/realm.ts: the name by which copies of the runtime find each other, and their error. */
const RUNTIME = [
  /\bSymbol\.for\(\\?["'`]throughline\.runtime\\?["'`]\)/,
  /\bTL_RUNTIME_VERSIONS\b/,
];

const KINDS: readonly SiteKind[] = [...spawnPointKinds, 'event', 'call', 'function'];
/** The end of a file's name, and the first row of its table of sites (sites.ts). In a chunk of a bundle, nothing else is left to see. */
const TABLE = new RegExp(`["'\`],\\s*\\[\\s*["'\`]\\d+:\\d+ (?:${KINDS.join('|')})\\b`);

/** Returns true for code that is instrumented, or that loads one of the runtime's `entries` for instrumented code. */
export function isInstrumented(code: string, entries: readonly string[]): boolean {
  const isLoaded = (entry: string): boolean =>
    ['"', "'", '`'].some((quote) => code.includes(`${quote}${entry}${quote}`));
  return entries.some(isLoaded) || containsSites(code);
}

/** Returns true for a bundle with the runtime in it. */
export function containsRuntime(code: string): boolean {
  return RUNTIME.every((sign) => sign.test(code));
}

/** Returns true for code with a table of sites. Instrumented code has one, unless the option `sites` is off. */
export function containsSites(code: string): boolean {
  return TABLE.test(code);
}
