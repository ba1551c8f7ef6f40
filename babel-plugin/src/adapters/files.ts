import { socketPackages } from '../catalogue/connections.js';
import { operationClassesOf } from '../catalogue/operation-classes.js';
import { invalidOption, list } from '../errors.js';
import { packageOf } from '../package-of.js';
import { spawnPointKinds } from '../options.js';
import type { Options } from '../options.js';

/** Options of the adapters and of `register`: the plugin's own, and which files to instrument. */
export interface AdapterOptions extends Options {
  /**
   * Dependencies to instrument as well: `"all"`, which leaves out packages for WebSockets, or package names, parts of
   * paths, and patterns that are tested against the file's path, with forward slashes. Default: `[]`; all files
   * outside of `node_modules` are instrumented.
   */
  include?: 'all' | readonly (string | RegExp)[];
  /** Files that are not instrumented: package names, parts of paths, or patterns. Default: `[]`. */
  exclude?: readonly (string | RegExp)[];
  /**
   * True to import `@throughline/runtime/auto` before the entries of a bundle, so that its operations are logged. For bundlers only.
   * Default: false.
   */
  auto?: boolean;
}

/** Options of `register`: those of the adapters, whose `include` is `"all"` by default, and how stacks are shown. */
export interface RegisterOptions extends AdapterOptions {
  /**
   * `true`: stack traces of the program's own files are mapped to the original lines and columns, which makes every
   * stack of the process about twice as slow. `false`: files keep their lines, as dependencies always do, and columns
   * are those of the instrumented code. Default: true, and false if `NODE_ENV` is `production`.
   */
  sourceMaps?: boolean;
}

/** Returns true for TypeScript files. */
export function isTyped(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

/** Returns true for code that may give modules to `eval`, each with a comment that names it (evaluated-modules.ts). */
export function mayEvaluate(code: string): boolean {
  return code.includes('//# sourceURL=') && /\beval\(/.test(code);
}

/** The plugin's options, and tests for the files to instrument. */
export interface SplitOptions {
  /** The plugin's options as they were written. */
  readonly options: Options;
  /** Returns the plugin's options for a file. */
  optionsFor(file: string): Options;
  /** Returns true for a source file to instrument. */
  covers(file: string): boolean;
  /** Returns true for a file to instrument once its own compiler has made JavaScript of it. */
  coversComponent(file: string): boolean;
}

/** Files in languages of frameworks. Their own compilers make JavaScript of them. */
export const COMPONENT = /\.(?:vue|svelte|astro|svelte\.[jt]s)$/;

const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;
/** The packages that instrument, and the runtime itself. */
const OWN = /\/node_modules\/@?throughline\//;

/**
 * Separates the adapter's options from the plugin's. Throws `TL_OPTION_INVALID` for `include` or `exclude`; the
 * plugin checks the rest.
 */
export function splitOptions(written: AdapterOptions = {}): SplitOptions {
  const { include, exclude, auto, ...options } = written;
  if (auto !== undefined && typeof auto !== 'boolean')
    throw invalidOption('auto', 'a boolean', auto);
  const isAll = include === 'all';
  const included = isAll ? [isIncludedByAll] : patterns('include', include);
  const excluded = patterns('exclude', exclude);
  function isChosen(path: string): boolean {
    if (path.includes('/node_modules/') && !included.some((matches) => matches(path))) return false;
    return !excluded.some((matches) => matches(path));
  }
  return {
    options,
    optionsFor(file) {
      const isLeftOut = isAll && socketPackages.has(packageOf(file.replaceAll('\\', '/')) ?? '');
      return isLeftOut ? { ...options, skip: [...spawnPointKinds] } : options;
    },
    covers(file) {
      const path = file.replaceAll('\\', '/');
      if (!SOURCE.test(path) || DECLARATIONS.test(path) || COMPONENT.test(path)) return false;
      return !OWN.test(path) && isChosen(path);
    },
    coversComponent(file) {
      const path = file.replaceAll('\\', '/');
      return COMPONENT.test(path) && isChosen(path);
    },
  };
}

type Pattern = (path: string) => boolean;

/** Of the packages for WebSockets, files with classes whose methods are operations are included, and only tell of these. */
function isIncludedByAll(path: string): boolean {
  const name = packageOf(path);
  return name === undefined || !socketPackages.has(name) || operationClassesOf(name).length > 0;
}

function patterns(name: string, given: unknown = []): Pattern[] {
  const isList = Array.isArray(given) && given.every((one) => one instanceof RegExp || isText(one));
  if (!isList) {
    throw invalidOption(
      name,
      `an array of package names, paths or patterns, such as ${list(['knex', './legacy'])}`,
      given,
    );
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

/** Returns the part of a path to search for: `knex` and `@acme/db` are packages, `./legacy` is a folder. */
export function partOf(given: string): string {
  const isPackage = /^(@[^/]+\/)?[^/.][^/]*$/.test(given);
  return isPackage ? `/node_modules/${given}/` : `/${given.replace(/^(\.?\/)+/, '')}`;
}
