import { spawnPointKinds } from './options.js';

// Code that an earlier build has instrumented, such as a bundle that `register` loads, must stay as it is. So must a bundle with the
// runtime in it: instrumented itself, the runtime would do everything twice, and nobody can tell where in a bundle it ends.

/** The name by which copies of the runtime find each other (runtime/src/kernel/realm.ts), which every minifier leaves as it is. */
const RUNTIME = /\bSymbol\.for\(\\?["'`]throughline\.runtime\\?["'`]\)/;
/** A row of a table of sites (sites.ts). */
const ROW = new RegExp(`["'\`]\\d+:\\d+ (?:${spawnPointKinds.join('|')})\\b`);

/** Returns true for code that loads one of the runtime's `entries` for instrumented code. */
export function loadsHelpers(code: string, entries: readonly string[]): boolean {
  return entries.some((entry) => ['"', "'", '`'].some((q) => code.includes(`${q}${entry}${q}`)));
}

/** Returns true for a bundle with the runtime in it. */
export function containsRuntime(code: string): boolean {
  return RUNTIME.test(code);
}

/** Returns true for a bundle of instrumented code, if its tables of sites were not left out. */
export function containsSites(code: string): boolean {
  return ROW.test(code);
}
