import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isOwnTransformer } from '../options.js';
import type { Options } from '../options.js';
import { COMPILED } from '../preset.js';
import { compilesCode } from './compiles-code.js';
import { withAsyncFunctions } from './ts-jest.js';

/** The option `transform` of a Jest configuration. */
export type Transforms = Readonly<Record<string, string | readonly [string, object?]>>;

interface Settings {
  readonly rootDir: string;
  /** The path of our transformer. */
  readonly own: string;
  readonly options: Options;
  /** The option `globals` of the configuration, where ts-jest has options as well. */
  readonly globals?: Readonly<Record<string, object | undefined>>;
}

/** Returns the same transforms, of which those that compile programs instrument what they give. */
export function instrumented(
  transforms: Transforms,
  { rootDir, own, options, globals = {} }: Settings,
): Record<string, string | readonly [string, object?]> {
  const changed: Record<string, string | readonly [string, object?]> = {};
  for (const [pattern, entry] of Object.entries(transforms)) {
    const [name, given = {}] = typeof entry === 'string' ? [entry] : entry;
    if (!compilesCode(pattern) || isOwnTransformer(name)) changed[pattern] = entry;
    else if (isBabelJest(name)) changed[pattern] = [own, { babel: given, ...options }];
    else {
      const inner =
        name === 'ts-jest'
          ? withAsyncFunctions({ ...globals['ts-jest'], ...given }, rootDir)
          : given;
      changed[pattern] = [own, { ...options, transformer: [located(name, rootDir), inner] }];
    }
  }
  // Files that the project does not compile are run as they are written, but instrumented.
  if (!Object.keys(changed).some((pattern) => covers(pattern, 'a.js'))) {
    changed[COMPILED] = [own, { ...options, transformer: ['none', {}] }];
  }
  return changed;
}

function isBabelJest(name: string): boolean {
  return /^babel-jest$|[\\/]node_modules[\\/]babel-jest[\\/]/.test(name);
}

function covers(pattern: string, file: string): boolean {
  try {
    return new RegExp(pattern).test(`/app/src/${file}`);
  } catch {
    return true;
  }
}

/** Returns the path of a transformer, as Jest finds it: a file of the project or a package. */
function located(name: string, rootDir: string): string {
  const path = name.replace('<rootDir>', rootDir);
  try {
    return createRequire(join(rootDir, 'package.json')).resolve(path);
  } catch {
    // Loading it fails with an error that names it.
    return path;
  }
}
