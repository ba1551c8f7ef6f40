import * as Babel from '@babel/core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typescriptPresetMissing } from '../errors.js';
import { formatOfFile } from '../module-format.js';
import type { ModuleFormat } from '../module-format.js';
import { packageVersion } from '../package-version.js';
import { DiskCache } from './cache.js';
import { splitOptions } from './files.js';
import { readPackageOptions } from './settings.js';
import { isModule, isTyped, instrumentSync } from './transform.js';

/** Decides about the files of a program that Node loads, and instruments them, for `register`. */
export interface NodeFiles {
  covers(file: string): boolean;
  /** Returns true for TypeScript files: we must read them, because Node may not support types. */
  isTyped(file: string): boolean;
  formatOf(file: string): ModuleFormat;
  /** Instruments a file. Without a format, which its package does not define, the code decides. */
  transform(code: string, file: string, format: ModuleFormat | undefined): string;
  /** Folder to resolve the runtime from when a package cannot resolve it itself. */
  readonly root: string;
}

/**
 * Returns the file handling for the program in the current folder, with the options of its package.json. Throws
 * `TL_OPTION_INVALID`; loading a TypeScript file may throw `TL_TYPESCRIPT_PRESET_MISSING`.
 */
export function nodeFiles(): NodeFiles {
  const { options: written, root } = readPackageOptions(process.cwd());
  const { options, covers } = splitOptions(written);
  const salt = JSON.stringify([packageVersion, Babel.version, options, root]);
  const cache = cacheFor(root, salt);
  let preset: TypescriptPreset | undefined;
  /** Found once: every TypeScript file of the program asks for it, those from the cache too. */
  const typescript = (): TypescriptPreset => (preset ??= typescriptPreset(root));
  const types = new Map<string, ModuleFormat | undefined>();
  // Babel loads parts of itself lazily: files loaded during a compilation belong to Babel.
  let compiling = false;
  const kept = (parts: readonly string[], make: () => string): string =>
    cache === undefined ? alone(make) : cache.get(parts, () => alone(make));

  function alone<T>(make: () => T): T {
    compiling = true;
    try {
      return make();
    } finally {
      compiling = false;
    }
  }

  /** Returns what the result depends on besides the file: Babel's environment, and the compiler of types. */
  function context(file: string): string[] {
    return [environment(), isTyped(file) ? typescript().version : ''];
  }

  function compile(code: string, file: string, format: ModuleFormat | undefined): string {
    const presets = isTyped(file) ? presetsOf(typescript(), format) : [];
    const made = instrumentSync(code, {
      ...{ file, options, format, cwd: root, sourceMaps: 'inline' as const, presets },
    });
    return made?.code ?? code;
  }

  /** Detects the format from the code (Node, "Syntax detection"). */
  function detected(file: string): ModuleFormat {
    const code = readFileSync(file, 'utf8');
    const format = kept(['format', ...context(file), file, code], () =>
      isModule(code, file) ? 'module' : 'commonjs',
    );
    return format as ModuleFormat;
  }

  return {
    root,
    covers: (file) => !compiling && covers(file),
    isTyped,
    formatOf: (file) => formatOfFile(file, types) ?? (isTyped(file) ? detected(file) : 'commonjs'),
    transform: (code, file, format) =>
      kept([...context(file), file, format ?? '', code], () => compile(code, file, format)),
  };
}

/** Returns the cache in the folder of `THROUGHLINE_CACHE`, or in `node_modules/.cache`; undefined for `off`. */
function cacheFor(root: string, salt: string): DiskCache | undefined {
  const named = process.env['THROUGHLINE_CACHE'];
  if (named === 'off') return undefined;
  return new DiskCache(named ?? join(root, 'node_modules', '.cache', 'throughline'), salt);
}

/** Returns the name of Babel's environment, which decides whether causes are recorded. */
function environment(): string {
  // Newer than Babel's types.
  return (Babel as unknown as { getEnv(): string }).getEnv();
}

/** Returns presets that strip types and, as TypeScript does, turn `import` in CommonJS into `require`. */
function presetsOf({ file }: TypescriptPreset, format: ModuleFormat | undefined): unknown[] {
  const own = [file, { onlyRemoveTypeImports: false }];
  if (format === 'module') return [own];
  const modules = createRequire(file).resolve('@babel/plugin-transform-modules-commonjs');
  return [own, { plugins: [[modules, { allowTopLevelThis: true }]] }];
}

interface TypescriptPreset {
  readonly file: string;
  readonly version: string;
}

/** Finds the preset of the program, or else the one beside this package. */
function typescriptPreset(root: string): TypescriptPreset {
  for (const from of [join(root, 'package.json'), fileURLToPath(import.meta.url)]) {
    const require = createRequire(from);
    try {
      const file = require.resolve('@babel/preset-typescript');
      const { version } = require('@babel/preset-typescript/package.json') as { version: string };
      return { file, version };
    } catch {
      // Try the next folder.
    }
  }
  throw typescriptPresetMissing();
}
