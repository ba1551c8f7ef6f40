import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { configAmbiguous, configMissing, configUnreadable } from '../errors.js';

/** A Jest configuration and the file that holds it. */
export interface ConfigFile {
  readonly file: string;
  readonly text: string;
  readonly kind: ConfigKind;
}
/** A JSON file, a package.json with a `jest` key, or a program that exports the configuration. */
export type ConfigKind = 'json' | 'package' | 'program';

/** The file names that Jest looks for, in its order. */
const names = ['js', 'ts', 'mjs', 'cjs', 'mts', 'cts', 'json'].map((ext) => `jest.config.${ext}`);

/**
 * Finds the Jest configuration of a project: the named file, the one that exists, or package.json. Throws
 * `TL_CONFIG_MISSING`, `TL_CONFIG_AMBIGUOUS` or `TL_CONFIG_UNREADABLE`.
 */
export function findConfig(folder: string, named: string | undefined): ConfigFile {
  if (named !== undefined) return read(resolve(folder, named));
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) throw configMissing(folder);
  const found = names.filter((name) => existsSync(join(folder, name)));
  if (holdsConfig(manifest)) found.push('package.json');
  if (found.length > 1) throw configAmbiguous(found);
  return read(join(folder, found[0] ?? 'package.json'));
}

function read(file: string): ConfigFile {
  try {
    return { file, text: readFileSync(file, 'utf8'), kind: kindOf(file) };
  } catch (error) {
    throw configUnreadable(file, error);
  }
}

function kindOf(file: string): ConfigKind {
  if (basename(file) === 'package.json') return 'package';
  return extname(file) === '.json' ? 'json' : 'program';
}

function holdsConfig(manifest: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(readFileSync(manifest, 'utf8')) as object, 'jest');
  } catch (error) {
    throw configUnreadable(manifest, error);
  }
}
