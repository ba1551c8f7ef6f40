import type { Transformer } from '@jest/transform';
import { readOptions } from './options.js';
import type { Options } from './options.js';
import { babelTransformer } from './transform/babel.js';
import { outputTransformer } from './transform/output.js';

/**
 * Creates the transformer of the preset: `babel-jest` with the plugin added, or with the option `transformer` the
 * project's own transformer, whose output is instrumented.
 *
 * Throws `TL_OPTION_UNKNOWN`, `TL_OPTION_INVALID`, `TL_JEST_MISSING` or `TL_TRANSFORMER_MISSING`.
 */
function createTransformer(
  written: Options = {},
): Transformer<Options> | Promise<Transformer<Options>> {
  const options = readOptions(written);
  return options.transformer === undefined
    ? babelTransformer(options)
    : outputTransformer(options, options.transformer);
}

/** The Jest transformer of the preset. */
export default { createTransformer };
