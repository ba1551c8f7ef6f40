import type { SyncTransformer, TransformerCreator, TransformOptions } from '@jest/transform';
import plugin from '@throughline/babel-plugin';
import type { Options as PluginOptions } from '@throughline/babel-plugin';
import { requireFromJest } from '../jest-packages.js';
import type { Options, ResolvedOptions } from '../options.js';
import { keyWithBuild } from './build-hash.js';
import { commonjsRuntime } from './commonjs-runtime.js';

type BabelJest = { createTransformer: TransformerCreator<SyncTransformer, object> };

/**
 * Creates `babel-jest` with the plugin added. The project's own Babel configuration applies; coverage,
 * `jest.mock` and ES modules work as in `babel-jest`. Throws `TL_JEST_MISSING`.
 */
export function babelTransformer(options: ResolvedOptions): SyncTransformer<Options> {
  const babelJest = requireFromJest<BabelJest & { default?: BabelJest }>('babel-jest');
  const { plugins = [], caller = {}, ...babel } = options.babel as BabelOptions;
  const inner = (babelJest.default ?? babelJest).createTransformer({
    ...babel,
    // Makes the plugin record causes, also when the project's own configuration lists it.
    caller: { ...caller, throughlineCauses: true },
    plugins: [...plugins, [instrumenter, options.plugin], commonjsRuntime],
  }) as SyncTransformer;
  const plain = (given: TransformOptions<Options>) => given as unknown as TransformOptions;
  return {
    canInstrument: true,
    getCacheKey: (text, path, given) => keyWithBuild(inner.getCacheKey!(text, path, plain(given))),
    getCacheKeyAsync: async (text, path, given) =>
      keyWithBuild(await inner.getCacheKeyAsync!(text, path, plain(given))),
    process: (text, path, given) => inner.process(text, path, plain(given)),
    processAsync: (text, path, given) => inner.processAsync!(text, path, plain(given)),
  };
}

interface BabelOptions {
  readonly plugins?: readonly unknown[];
  readonly caller?: object;
}

/**
 * Wraps the plugin under another identity. Babel replaces an earlier entry of a plugin with a later one, so the
 * project's own entry and its options would be lost. If the project has an entry, it has already instrumented the
 * file, and this one does nothing.
 */
function instrumenter(api: object, options: PluginOptions): object {
  const instrumenting = plugin(api, options);
  const { Program } = instrumenting.visitor as { Program: (program: unknown, pass: Pass) => void };
  return {
    ...instrumenting,
    visitor: {
      Program(program: unknown, pass: Pass) {
        if (pass.file.metadata.throughline === undefined) Program.call(this, program, pass);
      },
    },
  };
}

interface Pass {
  readonly file: { readonly metadata: { readonly throughline?: object } };
}
