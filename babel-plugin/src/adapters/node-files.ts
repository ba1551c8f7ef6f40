import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalidOption, PluginError, typescriptPresetMissing } from '../errors.js';
import { containsRuntime, containsSites } from '../instrumented-before.js';
import { formatOfFile } from '../module-format.js';
import type { ModuleFormat } from '../module-format.js';
import { packageFolderOf, packageOf } from '../package-of.js';
import { packageVersion } from '../package-version.js';
import { isBeneathRuntime } from '../runtime-files.js';
import { babelPackages } from './babel-packages.js';
import { DiskCache } from './cache.js';
import type * as Compiler from './compiler.js';
import { Decorators, mayHaveDecorators } from './decorators.js';
import { isTyped, mayEvaluate, splitOptions } from './files.js';
import type { RegisterOptions } from './files.js';
import { Progress } from './progress.js';
import { keepProgramStacks } from './program-stacks.js';
import { readPackageOptions } from './settings.js';
import { tellOnce } from './tell.js';
import type { InstrumentRequest } from './transform.js';

/** Decides about the files of a program that Node loads, and instruments them, for `register`. */
export interface NodeFiles {
  covers(file: string): boolean;
  /** Returns true for TypeScript files: we must read them, because Node may not support types. */
  isTyped(file: string): boolean;
  formatOf(file: string): ModuleFormat;
  /**
   * Instruments a file; undefined when it stays as it is. Without a format, which its package does not define, the code
   * decides.
   */
  transform(code: string, file: string, format: ModuleFormat | undefined): string | undefined;
  /** Returns true if nothing was compiled before with these options, so that much is to do. Asked once. */
  isFirstStart(): boolean;
  /** True if stack traces need source maps. */
  readonly sourceMaps: boolean;
  /** Folder in which the engine may keep what it has compiled; undefined without a cache. */
  readonly engineFolder: string | undefined;
  /** Folder to resolve the runtime from when a package cannot resolve it itself. */
  readonly root: string;
}

const here = createRequire(import.meta.url);

/**
 * Returns the file handling for the program in the current folder, with the options of its package.json. Throws
 * `TL_OPTION_INVALID`; loading a TypeScript file may throw `TL_TYPESCRIPT_PRESET_MISSING`.
 */
export function nodeFiles(): NodeFiles {
  const { options: ofPackage, root } = readPackageOptions(process.cwd());
  const given = { ...ofPackage, ...optionsOfEnvironment() };
  const { sourceMaps = environment() !== 'production', ...written }: RegisterOptions = given;
  if (typeof sourceMaps !== 'boolean') {
    throw invalidOption('sourceMaps', 'true or false', sourceMaps);
  }
  const { options, optionsFor, covers } = splitOptions({ include: 'all', ...written });
  const babel = (here('@babel/core/package.json') as { version: string }).version;
  const salt = JSON.stringify([packageVersion, babel, options, sourceMaps, root], patternsAsText);
  const cache = cacheFor(root, salt);
  const progress = new Progress();
  let preset: TypescriptPreset | undefined;
  /** Found once: every TypeScript file of the program asks for it, those from the cache too. */
  const typescript = (): TypescriptPreset => (preset ??= typescriptPreset(root));
  const decorators = new Decorators(root);
  const types = new Map<string, ModuleFormat | undefined>();
  // Babel is loaded here, and loads parts of itself lazily: files loaded during a compilation belong to it.
  let compiling = false;
  let ofBabel: ReadonlySet<string> | undefined;
  /**
   * Returns true for files of Babel and of its dependencies, such as `debug`, which the program may use, too. They stay
   * as they are: to compile one, Babel would need it, and get the empty exports of the program's copy.
   */
  function isOfBabel(file: string): boolean {
    const list = (): string => babelPackages(dirname(fileURLToPath(import.meta.url))).join('\n');
    ofBabel ??= new Set((cache?.get(BABEL, list) ?? list()).split('\n'));
    const folder = packageFolderOf(file);
    return folder !== undefined && ofBabel.has(folder);
  }
  const kept = (parts: readonly string[], how: (by: typeof Compiler) => string): string =>
    cache === undefined ? alone(how) : cache.get(parts, () => alone(how));

  function alone<T>(make: (by: typeof Compiler) => T): T {
    compiling = true;
    try {
      return keepProgramStacks(() =>
        make(here('../../cjs/adapters/compiler.js') as typeof Compiler),
      );
    } finally {
      compiling = false;
    }
  }

  /** Returns what the result depends on besides the file: Babel's environment, and the compilers of types. */
  function context(file: string, code: string): string[] {
    if (!isTyped(file)) return [environment()];
    const ofDecorators = hasDecorators(code, file) ? decorators.context(file) : [];
    return [environment(), typescript().version, ...ofDecorators];
  }

  /** Asks Babel, and stores what it says: a decorator cannot be told from part of a text by its look. */
  function hasDecorators(code: string, file: string): boolean {
    if (!isTyped(file) || !mayHaveDecorators(code)) return false;
    return (
      kept(['decorators', file, code], (by) => String(by.hasDecorators(code, file))) === 'true'
    );
  }

  function compile(
    by: typeof Compiler,
    code: string,
    file: string,
    format: ModuleFormat | undefined,
  ): string {
    const presets = isTyped(file) ? presetsOf(typescript(), format) : [];
    progress.count();
    const lowered = hasDecorators(code, file) ? decorators.lower(code, file) : undefined;
    const written = lowered?.code ?? withEvaluated(by, code, file, format);
    const made = by.instrumentSync(written, {
      ...{ file, options: optionsFor(file), format, presets },
      ...howToCompile(file, lowered?.map),
    });
    return made?.code ?? (written === code ? UNCHANGED : written);
  }

  /** Returns what is the same for a file and for a module that a file holds as a string. */
  function howToCompile(file: string, map: object | undefined): Partial<InstrumentRequest> {
    const isOwn = packageOf(file) === undefined;
    return {
      ...{ cwd: root, isLoaded: true, sourceMaps: sourceMaps && isOwn ? 'inline' : 'lines' },
      // Stack traces name the files of dependencies as they are.
      inputMap: (isOwn ? map : false) as never,
    };
  }

  /** Instruments the modules that a file of CommonJS gives to `eval`. */
  function withEvaluated(
    by: typeof Compiler,
    code: string,
    file: string,
    format: ModuleFormat | undefined,
  ): string {
    if (!mayEvaluate(code) || format === 'module') return code;
    if (format === undefined && by.isModule(code, file)) return code;
    return by.withEvaluated(code, file, root, (module) => {
      const name = module.file ?? file;
      if (!covers(name)) return undefined;
      // Kept one by one, because a change of one module makes the bundle anew.
      const parts = ['evaluated', environment(), name, module.code];
      const make = (): string => compileEvaluated(by, module, name);
      return asMade(cache === undefined ? make() : cache.get(parts, make));
    });
  }

  function compileEvaluated(
    by: typeof Compiler,
    module: Compiler.EvaluatedModule,
    name: string,
  ): string {
    try {
      const made = by.instrumentSync(module.code, {
        ...{ file: name, options: optionsFor(name), format: 'commonjs' },
        ...howToCompile(name, undefined),
        madeFrom: module.madeFrom,
      });
      return made?.code ?? UNCHANGED;
    } catch (error) {
      leaveAlone(error, name);
      return UNCHANGED;
    }
  }

  /** Leaves a file as it is when Babel cannot read it: Node may, or has the better error. */
  function leaveAlone(error: unknown, file: string): undefined {
    if (error instanceof PluginError || isTyped(file)) throw error;
    tellOnce(packageOf(file), file, error);
  }

  /** Detects the format from the code (Node, "Syntax detection"). */
  function detected(file: string): ModuleFormat {
    const code = readFileSync(file, 'utf8');
    const format = kept(['format', environment(), file, code], (by) =>
      by.isModule(code, file) ? 'module' : 'commonjs',
    );
    return format as ModuleFormat;
  }

  return {
    root,
    sourceMaps,
    engineFolder: cache && join(cache.folder, 'engine'),
    isFirstStart: () => cache?.isFirst() ?? false,
    covers: (file) => !compiling && covers(file) && !isOfBabel(file),
    isTyped,
    formatOf: (file) => formatOfFile(file, types) ?? (isTyped(file) ? detected(file) : 'commonjs'),
    transform(code, file, format) {
      if (isUnknownBundle(code, file)) tellOnce(packageOf(file), file, BUNDLED);
      try {
        const parts = [...context(file, code), file, format ?? '', code];
        const made = kept(parts, (by) => compile(by, code, file, format));
        return asMade(made);
      } catch (error) {
        return leaveAlone(error, file);
      }
    },
  };
}

/** Stands for a file that stays as it is. */
const UNCHANGED = '';

/** Returns true for the file that the program starts with, if it has the runtime in it and shows no sign of being instrumented. */
function isUnknownBundle(code: string, file: string): boolean {
  const [, entry = ''] = process.argv;
  if (entry === '' || !file.startsWith(entry) || isBeneathRuntime(file)) return false;
  return containsRuntime(code) && !containsSites(code) && !mayEvaluate(code);
}

const BUNDLED =
  'it is a bundle with @throughline/runtime in it. Instrument it where it is built, with the adapter for your bundler, or ' +
  'keep the runtime out of it ("external").';

function asMade(code: string): string | undefined {
  return code === UNCHANGED ? undefined : code;
}

/** The entry of the cache that lists the packages of Babel. */
const BABEL = ['packages of Babel'];

/** JSON writes a pattern as `{}`. */
function patternsAsText(_key: string, value: unknown): unknown {
  return value instanceof RegExp ? String(value) : value;
}

/** Returns the options in the variable `THROUGHLINE_OPTIONS`, which come before those of package.json. */
function optionsOfEnvironment(): RegisterOptions {
  const text = process.env['THROUGHLINE_OPTIONS'];
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as RegisterOptions;
  } catch {
    throw invalidOption('THROUGHLINE_OPTIONS', 'an object of options as JSON', text);
  }
}

/**
 * Returns the cache in the folder of `THROUGHLINE_CACHE`, in `node_modules/.cache`, or, for a program that has installed
 * nothing, in the user's cache folder; undefined for `off`.
 */
function cacheFor(root: string, salt: string): DiskCache | undefined {
  const named = process.env['THROUGHLINE_CACHE'];
  if (named === 'off') return undefined;
  const modules = join(root, 'node_modules');
  const folder = existsSync(modules) ? modules : homedir();
  return new DiskCache(named ?? join(folder, '.cache', 'throughline'), salt);
}

/** Returns the name of Babel's environment, which decides whether causes are recorded (Babel, `envName`). */
function environment(): string {
  return process.env['BABEL_ENV'] || process.env['NODE_ENV'] || 'development';
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
