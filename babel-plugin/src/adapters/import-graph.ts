import { realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { formatOfFile } from '../module-format.js';
import type { ModuleFormat } from '../module-format.js';
import type { NodeFiles } from './node-files.js';
import { readIfThere } from './settings.js';
import { typescriptSpecifiers } from './typescript-specifiers.js';

/** A file and the format in which Node hands it to the hook that instruments it. */
export interface Found {
  readonly file: string;
  readonly format: ModuleFormat | undefined;
}

/**
 * Returns the files that a program will load, about in the order in which it does. The text of a file is searched for
 * `import` and `require`; what is computed is not found, and what is loaded on some condition is. `required` is the format
 * of a required file whose package names none.
 */
export function filesInOrder(
  entry: string,
  files: NodeFiles,
  required: ModuleFormat | undefined,
): Found[] {
  const found = new Map<string, Found>();
  const known = new Map<string, ModuleFormat | undefined>();
  const first = resolved({ specifier: entry, isImport: false }, entry);
  if (first !== undefined) visit(first, false);
  return [...found.values()];

  function visit(file: string, isImport: boolean): void {
    if (found.has(file) || !files.covers(file)) return;
    const code = readIfThere(file);
    if (code === undefined) return;
    const format = formatOf(file, code, isImport);
    found.set(file, { file, format });
    for (const named of namesIn(code, format === 'module')) {
      const next = isBuiltin(named.specifier) ? undefined : resolved(named, file);
      if (next !== undefined) visit(next, named.isImport);
    }
  }

  /** Returns the format that Node names when it loads the file. */
  function formatOf(file: string, code: string, isImport: boolean): ModuleFormat | undefined {
    if (files.isTyped(file)) return files.formatOf(file);
    const said = formatOfFile(file, known);
    if (said !== undefined || !isImport) return said ?? required;
    return /^\s*(?:import|export)\b/m.test(code) ? 'module' : 'commonjs';
  }
}

/** What a file imports or requires. */
interface Named {
  readonly specifier: string;
  readonly isImport: boolean;
}

const NAMES =
  /\brequire\(\s*["'](?<required>[^"'\n]+)["']\s*\)|\b(?:from|import)\s*["'](?<imported>[^"'\n]+)["']|\bimport\s*\(\s*["'](?<later>[^"'\n]+)["']/g;

function namesIn(code: string, isModule: boolean): Named[] {
  return Array.from(code.matchAll(NAMES), ({ groups }) => {
    const { required, imported, later } = groups as Record<string, string | undefined>;
    // `import` in CommonJS is TypeScript's, and becomes `require`.
    const isImport = later !== undefined || (imported !== undefined && isModule);
    return { specifier: (required ?? imported ?? later)!, isImport };
  });
}

function resolved({ specifier, isImport }: Named, parent: string): string | undefined {
  const resolve = isImport ? importedFile : requiredFile;
  for (const one of [specifier, ...typescriptSpecifiers(specifier, parent)]) {
    try {
      return resolve(one, parent);
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}

function requiredFile(specifier: string, parent: string): string {
  return createRequire(parent).resolve(specifier);
}

function importedFile(specifier: string, parent: string): string {
  // Needs the option --experimental-import-meta-resolve for the second argument.
  const url = import.meta.resolve(specifier, pathToFileURL(parent));
  return realpathSync(fileURLToPath(url));
}
