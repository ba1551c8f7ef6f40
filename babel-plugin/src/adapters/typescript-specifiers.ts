import { isTyped } from './files.js';

/** The extensions that TypeScript finds for an extension that code writes (TypeScript, "File extension substitution"). */
const substitutes: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};
/** What TypeScript adds to a specifier without an extension. */
const endings = ['.ts', '.tsx', '/index.ts', '/index.tsx'];

/**
 * Returns the specifiers to try for one that was not found: TypeScript code names `x.ts` as `./x.js` or `./x`. Only
 * relative specifiers in TypeScript files have any.
 */
export function typescriptSpecifiers(specifier: string, parent: string | undefined): string[] {
  if (!/^\.{1,2}\//.test(specifier) || parent === undefined || !isTyped(parent)) return [];
  const [extension] = /\.[cm]?jsx?$/.exec(specifier) ?? [];
  if (extension === undefined) return endings.map((ending) => specifier + ending);
  const stem = specifier.slice(0, -extension.length);
  return (substitutes[extension] ?? []).map((other) => stem + other);
}
