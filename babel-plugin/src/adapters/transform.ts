import { parseSync, transformAsync, transformSync } from '@babel/core';
import type { ParserOptions, TransformOptions } from '@babel/core';
import throughline from '../index.js';
import { isTyped } from './files.js';
import { isModuleSyntax } from '../module-format.js';
import type { Caller, ModuleFormat } from '../module-format.js';
import type { Options } from '../options.js';

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
  /** More presets, such as the one that strips types. */
  readonly presets?: readonly unknown[];
  /** Where to put the source map: into the result, into the code, or, with `lines`, nowhere: lines stay where they are. */
  readonly sourceMaps?: boolean | 'inline' | 'lines';
  readonly cwd?: string;
}

/** Instruments a file; undefined when Babel ignores it. */
export async function instrument(
  code: string,
  request: InstrumentRequest,
): Promise<Transformed | undefined> {
  return transformed(await transformAsync(code, babelSettings(request)));
}

/** Instruments a file synchronously; undefined when Babel ignores it. */
export function instrumentSync(code: string, request: InstrumentRequest): Transformed | undefined {
  return transformed(transformSync(code, babelSettings(request)));
}

/** Returns true when the code alone, without its types, makes a file a module. */
export function isModule(code: string, file: string): boolean {
  const settings = { ...babelSettings({ file, options: {} }), plugins: [] };
  const program = parseSync(code, settings)?.program;
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

/** Returns Babel options with this plugin only. The project's own tools use the project's configuration. */
export function babelSettings(request: InstrumentRequest): TransformOptions {
  const { file, options, format, presets = [], sourceMaps = true, cwd } = request;
  const sourceType = sourceTypeOf(format, file);
  const caller: Caller = { name: '@throughline/babel-plugin', supportsStaticESM: true, format };
  return {
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    filename: file,
    ...(cwd === undefined ? {} : { cwd }),
    caller,
    sourceType,
    ...(sourceMaps === 'lines' ? { sourceMaps: false, retainLines: true } : { sourceMaps }),
    compact: false,
    parserOpts: { plugins: syntaxOf(file), allowReturnOutsideFunction: sourceType !== 'module' },
    generatorOpts: { importAttributesKeyword: 'with' },
    plugins: [[throughline, options]],
    presets: presets as NonNullable<TransformOptions['presets']>,
  };
}

function sourceTypeOf(
  format: ModuleFormat | undefined,
  file: string,
): 'module' | 'script' | 'unambiguous' {
  if (format === 'module') return 'module';
  // A script has no `import type`, but CommonJS may.
  return format === 'commonjs' && !isTyped(file) ? 'script' : 'unambiguous';
}

/** Returns parser plugins for the file. Types and JSX stay in the output, for the tools that run after us. */
function syntaxOf(file: string): NonNullable<ParserOptions['plugins']> {
  const [, dialect] = /\.[cm]?([jt]sx?)$/.exec(file) ?? [];
  const proposals = ['decorators', 'explicitResourceManagement', 'importAttributes'] as const;
  if (dialect === 'ts') return ['typescript', ...proposals];
  return dialect === 'tsx' ? ['typescript', 'jsx', ...proposals] : ['jsx', ...proposals];
}

function transformed(
  result: { code?: string | null | undefined; map?: object | null | undefined } | null,
): Transformed | undefined {
  if (typeof result?.code !== 'string') return undefined;
  return { code: result.code, map: result.map ?? undefined };
}
