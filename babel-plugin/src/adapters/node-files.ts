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
import { transformNow } from './transform.js';

export type NodeFormat = 'module' | 'commonjs';

/** What `register` does with one file of a program that Node loads. */
export interface NodeFiles {
  covers(file: string): boolean;
  /** Whether Node needs us to read it: types, which it may not know. */
  isTyped(file: string): boolean;
  formatOf(file: string): NodeFormat;
  transform(code: string, file: string, format: NodeFormat): string;
  /** From where the runtime is found, when a package cannot find it itself. */
  readonly root: string;
}

/** Files of the program in the current folder, with the options of its package.json. */
export function nodeFiles(): NodeFiles {
  const { options: written, root } = optionsOf(process.cwd());
  const { options, covers } = splitOptions(written);
  const salt = JSON.stringify([packageVersion, babelVersion, options, root]);
  const cache = cacheFor(root, salt);
  const types = new Map<string, NodeFormat>();

  function compile(code: string, file: string, format: NodeFormat): string {
    const made = transformNow(code, {
      ...{ file, options, cwd: root, sourceMaps: 'inline' as const },
      sourceType: format === 'module' ? 'module' : 'script',
      presets: isTyped(file) ? [[typescriptPreset(root), { onlyRemoveTypeImports: false }]] : [],
    });
    return made?.code ?? code;
  }

  return {
    root,
    covers,
    isTyped,
    formatOf: (file) => formatOf(file, types),
    transform(code, file, format) {
      if (cache === undefined) return compile(code, file, format);
      return cache.get([file, format, code], () => compile(code, file, format));
    },
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
function formatOf(file: string, known: Map<string, NodeFormat>): NodeFormat {
  if (/\.m[jt]sx?$/.test(file)) return 'module';
  if (/\.c[jt]sx?$/.test(file)) return 'commonjs';
  return typeOf(dirname(file), known);
}

function typeOf(folder: string, known: Map<string, NodeFormat>): NodeFormat {
  let type = known.get(folder);
  if (type === undefined) {
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      type = (JSON.parse(text) as { type?: string }).type === 'module' ? 'module' : 'commonjs';
    } catch {
      const parent = dirname(folder);
      type = parent === folder ? 'commonjs' : typeOf(parent, known);
    }
    known.set(folder, type);
  }
  return type;
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
