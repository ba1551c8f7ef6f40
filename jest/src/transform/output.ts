import { createRequire } from 'node:module';
import { transformAsync, transformSync } from '@babel/core';
import type { BabelFileResult, TransformOptions as BabelOptions } from '@babel/core';
import type { TransformedSource, Transformer, TransformOptions } from '@jest/transform';
import plugin from '@throughline/babel-plugin';
import { transformerMissing } from '../errors.js';
import { resolveFromJest } from '../jest-packages.js';
import type { InnerTransformer, Options, ResolvedOptions } from '../options.js';
import { requireOrImport } from '../require-or-import.js';
import { keyWithBuild } from './build-hash.js';
import { withoutMap } from './source-map.js';
import type { Compiled } from './source-map.js';

type Given = TransformOptions<Options>;
type Args = [text: string, file: string, given: TransformOptions<object>];

/** The members of a transformer. Each of them may be missing. */
interface Inner {
  readonly canInstrument?: boolean;
  process?(...args: Args): TransformedSource;
  processAsync?(...args: Args): TransformedSource | Promise<TransformedSource>;
  getCacheKey?(...args: Args): string;
  getCacheKeyAsync?(...args: Args): string | Promise<string>;
}

/** Files that hold a program. Transformers are asked for style sheets and pictures as well. */
const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte)$/;

/** Leaves files as they are: for those that the project does not compile. */
const asWritten: Inner = { process: (code) => ({ code }) };

/**
 * Creates a transformer that runs the project's own one and instruments its output. Its type errors, hoisting of
 * mocks and caches stay, and there is one source map.
 */
export async function outputTransformer(
  { plugin: pluginOptions }: ResolvedOptions,
  [path, innerOptions]: InnerTransformer,
): Promise<Transformer<Options>> {
  const inner = path === 'none' ? asWritten : await load(path, innerOptions);
  const toInner = (given: Given): TransformOptions<object> => ({
    ...given,
    transformerConfig: innerOptions,
  });
  const babel = (file: string, given: Given, map: object | undefined): BabelOptions =>
    babelOptions({ file, given, map, pluginOptions, covers: !inner.canInstrument });

  const { process, processAsync = process, getCacheKey, getCacheKeyAsync = getCacheKey } = inner;
  const keyOf = (key: string, given: Given): string =>
    keyWithBuild([key, given.instrument, given.configString].join('\0'));
  return {
    canInstrument: true,
    getCacheKey: (text, file, given) =>
      keyOf(getCacheKey?.call(inner, text, file, toInner(given)) ?? text + file, given),
    getCacheKeyAsync: async (text, file, given) =>
      keyOf(
        (await getCacheKeyAsync?.call(inner, text, file, toInner(given))) ?? text + file,
        given,
      ),
    ...(process && {
      process(text, file, given) {
        const output = process.call(inner, text, file, toInner(given));
        if (!CODE.test(file)) return output;
        const { code, map } = withoutMap(output);
        return result(transformSync(code, babel(file, given, map)), { code, map });
      },
    }),
    async processAsync(text, file, given) {
      const output = await processAsync!.call(inner, text, file, toInner(given));
      if (!CODE.test(file)) return output;
      const { code, map } = withoutMap(output);
      return result(await transformAsync(code, babel(file, given, map)), { code, map });
    },
  } as Transformer<Options>;
}

/** Loads the project's transformer as Jest does. Throws `TL_TRANSFORMER_MISSING`. */
async function load(path: string, options: object): Promise<Inner> {
  let loaded: unknown;
  try {
    loaded = await requireOrImport(createRequire(`${process.cwd()}/package.json`).resolve(path));
  } catch (error) {
    throw transformerMissing(path, error);
  }
  type Module = Inner & { createTransformer?: (options: object) => Inner | Promise<Inner> };
  const module = loaded as Module & { default?: Module };
  const own = typeof module.createTransformer === 'function' ? module : (module.default ?? module);
  return typeof own.createTransformer === 'function' ? own.createTransformer(options) : own;
}

interface Asked {
  readonly file: string;
  readonly given: Given;
  readonly map: object | undefined;
  readonly pluginOptions: object;
  /** True where coverage is to be counted here, because the project's transformer does not. */
  readonly covers: boolean;
}

function babelOptions({ file, given, map, pluginOptions, covers }: Asked): BabelOptions {
  const { config, instrument, supportsStaticESM, supportsDynamicImport } = given;
  const caller = {
    name: '@throughline/jest',
    throughlineCauses: true,
    // TypeScript without a target compiles to ES2015, where async functions are generators.
    allowsLowered: true,
    supportsStaticESM,
    supportsDynamicImport,
    supportsTopLevelAwait: given.supportsTopLevelAwait,
    ...(supportsStaticESM ? {} : { format: 'commonjs' }),
  };
  return {
    ...{ filename: file, cwd: config.cwd, root: config.rootDir },
    ...{ babelrc: false, configFile: false, compact: false, caller },
    sourceMaps: 'both',
    inputSourceMap: map ?? false,
    ...(instrument && covers && { auxiliaryCommentBefore: ' istanbul ignore next ' }),
    // Coverage is counted before we add code, and as Jest does after a transformer that cannot.
    plugins: [
      ...(instrument && covers ? [[istanbul(), coverageOptions(given, map)]] : []),
      [plugin, pluginOptions],
    ],
    parserOpts: {
      sourceType: supportsStaticESM ? 'module' : 'unambiguous',
      allowReturnOutsideFunction: true,
    },
  } as BabelOptions;
}

function coverageOptions({ config }: Given, map: object | undefined): object {
  return {
    compact: false,
    cwd: config.rootDir,
    exclude: [],
    extension: false,
    inputSourceMap: map ?? null,
    useInlineSourceMaps: false,
  };
}

/** Finds Istanbul's plugin as Jest does. */
function istanbul(): string {
  return createRequire(resolveFromJest('babel-jest')).resolve('babel-plugin-istanbul');
}

function result(babel: BabelFileResult | null, before: Compiled): TransformedSource {
  const { code, map } = babel ?? {};
  return { code: code ?? before.code, map: map ?? before.map ?? null } as TransformedSource;
}
