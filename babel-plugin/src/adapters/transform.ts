import { parseSync, transformAsync, transformSync, traverse } from '@babel/core';
import type { ParserOptions, PluginPass, TransformOptions } from '@babel/core';
import throughline from '../index.js';
import { flatIndexMap } from './index-map.js';
import { withInlineMap } from './inline-map.js';
import type { FileMetadata } from '../file-metadata.js';
import { isTyped } from './files.js';
import { isModuleSyntax } from '../module-format.js';
import type { Caller, ModuleFormat } from '../module-format.js';
import type { Options } from '../options.js';
import { keptParentheses } from '../rewrite/kept-parentheses.js';

/** Instrumented code, with its source map. */
export interface Transformed {
  readonly code: string;
  readonly map: object | undefined;
}

/** A file to instrument. */
export interface InstrumentRequest {
  readonly file: string;
  readonly options: Options;
  /** Format in which the file will run. Default: decided by its code and its name. */
  readonly format?: ModuleFormat | undefined;
  /** True where the program runs as it is loaded. */
  readonly isLoaded?: boolean;
  /** More presets, such as the one that strips types. */
  readonly presets?: readonly unknown[];
  /**
   * Where to put the source map: into the result, into the code (of `instrumentSync`), or, with `lines`, nowhere: lines stay
   * where they are.
   */
  readonly sourceMaps?: boolean | 'inline' | 'lines';
  readonly cwd?: string;
  /** What the tool builds for, if it says so. Default: the environment of Babel's own variables. */
  readonly environment?: Environment | undefined;
  /** Source map of a compiler that ran before; Babel merges ours with it. */
  readonly inputMap?: TransformOptions['inputSourceMap'];
  /** Source map of the tools that ran before; the bundler merges ours with it. */
  readonly madeFrom?: object | undefined;
}

/** Babel's environments that decide whether causes are recorded. */
export type Environment = 'production' | 'development';

/** Instruments a file; undefined when it stays as it is, because Babel ignores it or nothing in it is instrumented. */
export async function instrument(
  code: string,
  request: InstrumentRequest,
): Promise<Transformed | undefined> {
  const settings = settingsFor(code, request);
  return transformed(
    await transformAsync(code, settings).catch((error: unknown) =>
      transformAsync(code, inOlderDialect(settings, error)),
    ),
  );
}

/** Instruments a file synchronously; undefined when it stays as it is. */
export function instrumentSync(code: string, request: InstrumentRequest): Transformed | undefined {
  const made = transformed(inDialectOf(code, settingsFor(code, request), transformSync));
  if (request.sourceMaps !== 'inline' || made?.map === undefined) return made;
  return { code: withInlineMap(made.code, made.map), map: undefined };
}

function settingsFor(code: string, request: InstrumentRequest): TransformOptions {
  const { file, inputMap = flatIndexMap(code, file) } = request;
  return babelSettings({ ...request, inputMap: inputMap as never });
}

/** Returns true when the code alone, without its types, makes a file a module. */
export function isModule(code: string, file: string): boolean {
  const settings = { ...babelSettings({ file, options: {} }), plugins: [] };
  const program = inDialectOf(code, settings, parseSync)?.program;
  if (program?.sourceType !== 'module') return false;
  if (program.body.some(isModuleSyntax)) return true;

  // Babel saw `import.meta`, a top-level `await`, or only types, which decide nothing.
  const typed = program.body.filter(({ type }) => /^(TS)?(Import|Export)/.test(type));
  const rest = typed.reduceRight(
    (text, { start, end }) => text.slice(0, start!) + text.slice(end!),
    code,
  );
  return typed.length === 0 || isModule(rest, file);
}

/** Returns true for code with decorators of any kind. */
export function hasDecorators(code: string, file: string): boolean {
  const settings = { ...babelSettings({ file, options: {} }), plugins: [] };
  const tree = inDialectOf(code, settings, parseSync);
  let found = false;
  traverse(tree!, {
    Decorator(path) {
      found = true;
      path.stop();
    },
  });
  return found;
}

/** Returns Babel options with this plugin only. The project's own tools use the project's configuration. */
export function babelSettings(request: InstrumentRequest): TransformOptions {
  const { file, options, format, presets = [], sourceMaps = true, cwd, environment } = request;
  const plugins: TransformOptions['plugins'] = [[throughline, options]];
  // Other presets change files, too.
  if (presets.length === 0) plugins.push(leftAsWritten, keptParentheses);
  const sourceType = sourceTypeOf(format, file);
  const caller: Caller = {
    ...{ name: '@throughline/babel-plugin', supportsStaticESM: true, format },
    isLoaded: request.isLoaded,
    madeFrom: request.madeFrom && JSON.stringify(request.madeFrom),
  };
  return {
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    filename: file,
    ...(cwd === undefined ? {} : { cwd }),
    ...(environment === undefined ? {} : { envName: environment }),
    ...(request.inputMap === undefined ? {} : { inputSourceMap: request.inputMap }),
    caller,
    sourceType,
    ...(sourceMaps === 'lines'
      ? { sourceMaps: false, retainLines: true }
      : { sourceMaps: Boolean(sourceMaps) }),
    compact: false,
    parserOpts: { plugins: syntaxOf(file), allowReturnOutsideFunction: sourceType !== 'module' },
    generatorOpts: { importAttributesKeyword: 'with' },
    plugins,
    presets: presets as NonNullable<TransformOptions['presets']>,
  };
}

/** Syntax trees of files that the plugin did not change. */
const unchanged = new WeakSet<object>();

/** Spares Babel the writing of files that stay as they are. It comes after the plugin. */
function leftAsWritten() {
  return {
    name: 'throughline-left-as-written',
    visitor: {
      Program(_program: unknown, { file }: PluginPass) {
        const { throughline: done } = file.metadata as FileMetadata;
        if (done?.isChanged !== true) unchanged.add(file.ast);
      },
    },
    generatorOverride: (ast: object, given: object, code: string, generate: Generate) =>
      unchanged.has(ast) ? UNCHANGED : generate(ast, given, code),
  };
}

type Generate = (ast: object, options: object, code: string) => object;

/** Stands for the text of a file that stays as it is. Babel may add a comment with the map. */
const UNCHANGED = {
  code: '/* throughline: unchanged */',
  map: { version: 3, names: [], sources: [], mappings: '' },
};

function sourceTypeOf(
  format: ModuleFormat | undefined,
  file: string,
): 'module' | 'script' | 'unambiguous' {
  if (format === 'module') return 'module';
  // A script has no `import type`, but CommonJS may.
  return format === 'commonjs' && !isTyped(file) ? 'script' : 'unambiguous';
}

/** Returns parser plugins for the file. Types and JSX stay in the output, for the tools that run after us. */
function syntaxOf(file: string): ParserPlugins {
  const [, dialect] = /\.[cm]?([jt]sx?)$/.exec(file) ?? [];
  if (dialect === 'ts') return ['typescript', ...proposals];
  return dialect === 'tsx' ? ['typescript', 'jsx', ...proposals] : ['jsx', ...proposals];
}

type ParserPlugins = NonNullable<ParserOptions['plugins']>;

const proposals = [
  ...(['decorators', 'decoratorAutoAccessors'] as const),
  ...(['explicitResourceManagement', 'importAttributes'] as const),
];

/**
 * Does something with code in today's dialect of decorators and, if Babel cannot read it, in the older one. Only
 * the older one has decorators of parameters (TypeScript, `experimentalDecorators`) and of any expression.
 */
export function inDialectOf<T>(
  code: string,
  settings: TransformOptions,
  run: (code: string, settings: TransformOptions) => T,
): T {
  try {
    return run(code, settings);
  } catch (error) {
    return run(code, inOlderDialect(settings, error));
  }
}

/** Returns settings for the older dialect of decorators. Throws the error again if it is about something else. */
function inOlderDialect(settings: TransformOptions, error: unknown): TransformOptions {
  const { code, message } = error as { code?: unknown; message: string };
  if (code !== 'BABEL_PARSE_ERROR' || !/decorat/i.test(message)) throw error;
  const { plugins = [], ...parserOpts } = settings.parserOpts!;
  const older = plugins.map((plugin) => (plugin === 'decorators' ? 'decorators-legacy' : plugin));
  return { ...settings, parserOpts: { ...parserOpts, plugins: older } };
}

function transformed(
  result: { code?: string | null | undefined; map?: object | null | undefined } | null,
): Transformed | undefined {
  if (typeof result?.code !== 'string' || result.code.startsWith(UNCHANGED.code)) return undefined;
  return { code: result.code, map: result.map ?? undefined };
}
