import { parseSync, transformAsync, transformSync } from '@babel/core';
import type { ParserOptions, TransformOptions } from '@babel/core';
import throughline from '../index.js';
import { isModuleSyntax } from '../module-format.js';
import type { Caller, ModuleFormat } from '../module-format.js';
import type { Options } from '../options.js';

/** Code that an adapter hands on, with the map back to what it was given. */
export interface Transformed {
  readonly code: string;
  readonly map: object | undefined;
}

export interface Request {
  readonly file: string;
  readonly options: Options;
  /** What will run the file; without it, its text and its name say. */
  readonly format?: ModuleFormat | undefined;
  /** More plugins and presets, such as the one that takes types away. */
  readonly presets?: readonly unknown[];
  readonly sourceMaps?: boolean | 'inline';
  readonly cwd?: string;
}

export async function transform(code: string, request: Request): Promise<Transformed | undefined> {
  return transformed(await transformAsync(code, babelSettings(request)));
}

export function transformNow(code: string, request: Request): Transformed | undefined {
  return transformed(transformSync(code, babelSettings(request)));
}

/** Whether a file that nothing else tells of is a module once its types are gone. */
export function isModule(code: string, file: string): boolean {
  const settings = { ...babelSettings({ file, options: {} }), plugins: [] };
  const program = parseSync(code, settings)?.program;
  if (program?.sourceType !== 'module') return false;
  if (program.body.some(isModuleSyntax)) return true;

  // Babel went by `import.meta`, by a top-level `await`, or by types, which say nothing.
  const types = program.body.filter(({ type }) => /^(TS)?(Import|Export)/.test(type));
  const rest = types.reduceRight(
    (text, { start, end }) => text.slice(0, start!) + text.slice(end!),
    code,
  );
  return types.length === 0 || isModule(rest, file);
}

export function isTyped(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

/** The plugin alone: no configuration of the project's, whose own tool does the rest. */
export function babelSettings(request: Request): TransformOptions {
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
    sourceMaps,
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

/** Types and JSX are read, and stay for whoever takes them away. */
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
