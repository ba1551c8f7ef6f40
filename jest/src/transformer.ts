import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SyncTransformer, TransformerCreator, TransformOptions } from '@jest/transform';
import plugin from '@throughline/babel-plugin';
import type { Options as PluginOptions } from '@throughline/babel-plugin';
import { commonjsRuntime } from './commonjs-runtime.js';
import { requireFromJest } from './jest-packages.js';
import { readOptions } from './options.js';
import type { Options } from './options.js';

type BabelJest = { createTransformer: TransformerCreator<SyncTransformer, object> };

/**
 * Creates `babel-jest` with the plugin added. The project's own Babel configuration applies; coverage,
 * `jest.mock` and ES modules work as in `babel-jest`.
 *
 * Throws `TL_OPTION_UNKNOWN`, `TL_OPTION_INVALID` or `TL_JEST_MISSING`.
 */
function createTransformer(written: Options = {}): SyncTransformer<Options> {
  const options = readOptions(written);
  const babelJest = requireFromJest<BabelJest & { default?: BabelJest }>('babel-jest');
  const { plugins = [], caller = {}, ...babel } = options.babel as BabelOptions;
  const inner = (babelJest.default ?? babelJest).createTransformer({
    ...babel,
    // Makes the plugin record causes, also when the project's own configuration lists it.
    caller: { ...caller, throughlineCauses: true },
    plugins: [...plugins, [instrumenter, options.plugin], commonjsRuntime],
  }) as SyncTransformer;

  const keyOf = (key: string): string =>
    createHash('sha1').update(key).update('\0').update(build()).digest('hex').slice(0, 32);
  const plain = (given: TransformOptions<Options>) => given as unknown as TransformOptions;
  return {
    canInstrument: true,
    getCacheKey: (text, path, given) => keyOf(inner.getCacheKey!(text, path, plain(given))),
    getCacheKeyAsync: async (text, path, given) =>
      keyOf(await inner.getCacheKeyAsync!(text, path, plain(given))),
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

let hash: string | undefined;

/**
 * Returns a hash of the files of the plugin and of this package. Their versions are not enough, because linked
 * packages change without a new version.
 */
function build(): string {
  if (hash !== undefined) return hash;
  const sum = createHash('sha1');
  const entries = ['@throughline/babel-plugin', fileURLToPath(import.meta.url)];
  for (const entry of entries) {
    const folder = dirname(createRequire(import.meta.url).resolve(entry));
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (file.endsWith('.js')) sum.update(file).update(readFileSync(join(folder, file)));
    }
  }
  return (hash = sum.digest('hex'));
}

/** The Jest transformer of the preset. */
export default { createTransformer };
