import { parseSync, transformAsync, transformSync } from '@babel/core';
import type { ParserOptions, TransformOptions } from '@babel/core';
import throughline from '../index.js';
import type { Options } from '../options.js';

/** Code that an adapter hands on, with the map back to what it was given. */
export interface Transformed {
  readonly code: string;
  readonly map: object | undefined;
}

export interface Request {
  readonly file: string;
  readonly options: Options;
  /** How the file is to be read; `unambiguous` looks for `import` and `export`. */
  readonly sourceType: 'module' | 'script' | 'unambiguous';
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

/** Whether a file that nothing else tells of is a module: it has `import` or `export`. */
export function isModule(code: string, file: string): boolean {
  const settings = babelSettings({ file, options: {}, sourceType: 'unambiguous' });
  return parseSync(code, { ...settings, plugins: [] })?.program.sourceType === 'module';
}

/** The plugin alone: no configuration of the project's, whose own tool does the rest. */
export function babelSettings(request: Request): TransformOptions {
  const { file, options, sourceType, presets = [], sourceMaps = true, cwd } = request;
  return {
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    filename: file,
    ...(cwd === undefined ? {} : { cwd }),
    sourceType,
    sourceMaps,
    compact: false,
    parserOpts: { plugins: syntaxOf(file), allowReturnOutsideFunction: sourceType !== 'module' },
    generatorOpts: { importAttributesKeyword: 'with' },
    plugins: [[throughline, options]],
    presets: presets as NonNullable<TransformOptions['presets']>,
  };
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
