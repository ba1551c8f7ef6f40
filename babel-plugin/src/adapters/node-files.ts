import { version as babelVersion } from '@babel/core';
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
import { optionsOf } from './settings.js';
import { isModule, isTyped, transformNow } from './transform.js';

/** What `register` does with one file of a program that Node loads. */
export interface NodeFiles {
  covers(file: string): boolean;
  /** Whether Node needs us to read it: types, which it may not know. */
  isTyped(file: string): boolean;
  formatOf(file: string): ModuleFormat;
  /** Without a format: of a package that does not say, so that the text does. */
  transform(code: string, file: string, format: ModuleFormat | undefined): string;
  /** From where the runtime is found, when a package cannot find it itself. */
  readonly root: string;
}

/** Files of the program in the current folder, with the options of its package.json. */
export function nodeFiles(): NodeFiles {
  const { options: written, root } = optionsOf(process.cwd());
  const { options, covers } = splitOptions(written);
  const salt = JSON.stringify([packageVersion, babelVersion, options, root]);
  const cache = cacheFor(root, salt);
  const types = new Map<string, ModuleFormat | undefined>();
  // Babel loads its parts when it first needs them: what is loaded meanwhile is the compiler's own.
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

  function compile(code: string, file: string, format: ModuleFormat | undefined): string {
    const presets = isTyped(file) ? typescriptPresets(root, format) : [];
    const made = transformNow(code, {
      ...{ file, options, format, cwd: root, sourceMaps: 'inline' as const, presets },
    });
    return made?.code ?? code;
  }

  /** Node, "Syntax detection". */
  function detected(file: string): ModuleFormat {
    const code = readFileSync(file, 'utf8');
    const format = kept(['format', file, code], () =>
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
      kept([file, format ?? '', code], () => compile(code, file, format)),
  };
}

/** `THROUGHLINE_CACHE` names the folder, or says `off`. */
function cacheFor(root: string, salt: string): DiskCache | undefined {
  const named = process.env['THROUGHLINE_CACHE'];
  if (named === 'off') return undefined;
  return new DiskCache(named ?? join(root, 'node_modules', '.cache', 'throughline'), salt);
}

/** Takes types away, and `import` from what is CommonJS, as TypeScript does. */
function typescriptPresets(root: string, format: ModuleFormat | undefined): unknown[] {
  const typescript = typescriptPreset(root);
  const own = [typescript, { onlyRemoveTypeImports: false }];
  if (format === 'module') return [own];
  const modules = createRequire(typescript).resolve('@babel/plugin-transform-modules-commonjs');
  return [own, { plugins: [[modules, { allowTopLevelThis: true }]] }];
}

function typescriptPreset(root: string): string {
  for (const from of [join(root, 'package.json'), fileURLToPath(import.meta.url)]) {
    try {
      return createRequire(from).resolve('@babel/preset-typescript');
    } catch {
      // Asked at the next place.
    }
  }
  throw typescriptPresetMissing();
}
