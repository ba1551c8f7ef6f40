import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { configAmbiguous, configMissing, configUnreadable } from '../errors.js';

export interface Config {
  readonly file: string;
  readonly text: string;
  readonly kind: ConfigKind;
  readonly exists: boolean;
}
/** A file that is the configuration as JSON; a package.json that holds it; a program that makes it. */
export type ConfigKind = 'json' | 'package' | 'program';

/** Where Jest looks, in its order. */
const names = ['js', 'ts', 'mjs', 'cjs', 'mts', 'cts', 'json'].map((ext) => `jest.config.${ext}`);

/** The Jest configuration of a project: the file that is named, the one that is there, or package.json. */
export function findConfig(folder: string, named: string | undefined): Config {
  if (named !== undefined) return read(resolve(folder, named));
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) throw configMissing(folder);
  const found = names.filter((name) => existsSync(join(folder, name)));
  if (holdsConfig(manifest)) found.push('package.json');
  if (found.length > 1) throw configAmbiguous(found);
  return read(join(folder, found[0] ?? 'package.json'));
}

function read(file: string): Config {
  try {
    return { file, text: readFileSync(file, 'utf8'), kind: kindOf(file), exists: true };
  } catch (error) {
    throw configUnreadable(file, error);
  }
}

function kindOf(file: string): ConfigKind {
  if (file.endsWith('package.json')) return 'package';
  return extname(file) === '.json' ? 'json' : 'program';
}

function holdsConfig(manifest: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(readFileSync(manifest, 'utf8')) as object, 'jest');
  } catch (error) {
    throw configUnreadable(manifest, error);
  }
}
