import { version as babelVersion } from '@babel/core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typescriptPresetMissing } from '../errors.js';
import { packageVersion } from '../package-version.js';
import { DiskCache } from './cache.js';
import { splitOptions } from './files.js';
import { optionsOf } from './settings.js';
import { isModule, transformNow } from './transform.js';

export type NodeFormat = 'module' | 'commonjs';

/** What `register` does with one file of a program that Node loads. */
export interface NodeFiles {
  covers(file: string): boolean;
  /** Whether Node needs us to read it: types, which it may not know. */
  isTyped(file: string): boolean;
  formatOf(file: string): NodeFormat;
  /** Without a format: of a package that does not say, so that the text does. */
  transform(code: string, file: string, format: NodeFormat | undefined): string;
  /** From where the runtime is found, when a package cannot find it itself. */
  readonly root: string;
}

/** Files of the program in the current folder, with the options of its package.json. */
export function nodeFiles(): NodeFiles {
  const { options: written, root } = optionsOf(process.cwd());
  const { options, covers } = splitOptions(written);
  const salt = JSON.stringify([packageVersion, babelVersion, options, root]);
  const cache = cacheFor(root, salt);
  const types = new Map<string, NodeFormat | undefined>();
  const kept = (parts: readonly string[], make: () => string): string =>
    cache === undefined ? make() : cache.get(parts, make);

  function compile(code: string, file: string, format: NodeFormat | undefined): string {
    const typed = isTyped(file);
    const presets = typed ? typescriptPresets(root, format) : [];
    const made = transformNow(code, {
      ...{ file, options, cwd: root, sourceMaps: 'inline' as const, presets },
      // `import type` is no sign of a module.
      sourceType: format === 'module' ? 'module' : format && !typed ? 'script' : 'unambiguous',
    });
    return made?.code ?? code;
  }

  /** Node, "Syntax detection". */
  function detected(file: string): NodeFormat {
    const code = readFileSync(file, 'utf8');
    const format = kept(['format', file, code], () =>
      isModule(code, file) ? 'module' : 'commonjs',
    );
    return format as NodeFormat;
  }

  return {
    root,
    covers,
    isTyped,
    formatOf: (file) => formatOf(file, types) ?? (isTyped(file) ? detected(file) : 'commonjs'),
    transform: (code, file, format) =>
      kept([file, format ?? '', code], () => compile(code, file, format)),
  };
}

function isTyped(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

/** `THROUGHLINE_CACHE` names the folder, or says `off`. */
function cacheFor(root: string, salt: string): DiskCache | undefined {
  const named = process.env['THROUGHLINE_CACHE'];
  if (named === 'off') return undefined;
  return new DiskCache(named ?? join(root, 'node_modules', '.cache', 'throughline'), salt);
}

/** By the extension, or the `type` of the nearest package.json (Node, "Determining module system"). */
function formatOf(
  file: string,
  known: Map<string, NodeFormat | undefined>,
): NodeFormat | undefined {
  if (/\.m[jt]sx?$/.test(file)) return 'module';
  if (/\.c[jt]sx?$/.test(file)) return 'commonjs';
  return typeOf(dirname(file), known);
}

function typeOf(
  folder: string,
  known: Map<string, NodeFormat | undefined>,
): NodeFormat | undefined {
  if (known.has(folder)) return known.get(folder);
  let type: NodeFormat | undefined;
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const said = (JSON.parse(text) as { type?: string }).type;
    type = said === 'module' || said === 'commonjs' ? said : undefined;
  } catch {
    const parent = dirname(folder);
    type = parent === folder ? undefined : typeOf(parent, known);
  }
  known.set(folder, type);
  return type;
}

/** Takes types away, and `import` from what is CommonJS, as TypeScript does. */
function typescriptPresets(root: string, format: NodeFormat | undefined): unknown[] {
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
