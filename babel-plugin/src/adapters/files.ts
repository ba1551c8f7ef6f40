import { invalidOption, list } from '../errors.js';
import type { Options } from '../options.js';

/** What adapters and `register` take beside the plugin's own options. */
export interface AdapterOptions extends Options {
  /**
   * Dependencies to instrument as well: names of packages, or patterns that a file's path matches.
   * Default: none; everything outside of `node_modules` is instrumented.
   */
  include?: readonly (string | RegExp)[];
  /** Files to leave alone: names of packages, parts of paths, or patterns. Default: none. */
  exclude?: readonly (string | RegExp)[];
}

/** Options for the plugin, and which files it is for. */
export interface Split {
  readonly options: Options;
  covers(file: string): boolean;
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;

/** Checks the adapter's own options, and leaves the plugin's to the plugin. */
export function splitOptions(written: AdapterOptions = {}): Split {
  const { include, exclude, ...options } = written;
  const included = patterns('include', include);
  const excluded = patterns('exclude', exclude);
  return {
    options,
    covers(file) {
      const path = file.replaceAll('\\', '/');
      if (!SOURCE.test(path) || DECLARATIONS.test(path)) return false;
      if (path.includes('/node_modules/') && !included.some((matches) => matches(path)))
        return false;
      return !excluded.some((matches) => matches(path));
    },
  };
}

type Pattern = (path: string) => boolean;

function patterns(name: string, given: unknown = []): Pattern[] {
  const isList = Array.isArray(given) && given.every((one) => one instanceof RegExp || isText(one));
  if (!isList) {
    throw invalidOption(name, `a list of ${list(['package', './folder'])} or patterns`, given);
  }
  return (given as (string | RegExp)[]).map(pattern);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function pattern(given: string | RegExp): Pattern {
  if (given instanceof RegExp) return (path) => given.test(path);
  const part = partOf(given);
  return (path) => path.includes(part);
}

/** `knex` and `@acme/db` are packages; `./legacy` and `src/legacy/` parts of a path. */
export function partOf(given: string): string {
  const isPackage = /^(@[^/]+\/)?[^/.][^/]*$/.test(given);
  return isPackage ? `/node_modules/${given}/` : `/${given.replace(/^(\.?\/)+/, '')}`;
}
