import type { ConfigOptions } from './config/config-options.js';
import { packagesToInstrument } from './instrumented-packages.js';

import type { Options } from './options.js';
import { preset } from './preset.js';
import type { Preset } from './preset.js';

export { JestError } from './errors.js';
export type { JestErrorCode } from './errors.js';

export type {} from './matcher-types.js';
export { LedgerError } from '@throughline/ledger';
export type {
  CausalMatchers,
  FindingKind,
  LeakPolicy,
  LedgerErrorCode,
  Verdict,
} from '@throughline/ledger';
export type { ConfigOptions, Options };
export { withThroughline } from './config/with-throughline.js';
export type { Configuration } from './config/with-throughline.js';
export { packagesToInstrument };
export type { Preset };

/**
 * Returns the preset with options, to spread into a Jest configuration that is written in code.
 *
 * Throws `TL_OPTION_INVALID` when `include` holds a string that is not a package name or scope. Jest shows the
 * errors of the other options when it loads the transformer.
 *
 * @example
 * // jest.config.js
 * module.exports = { ...throughline({ leaks: 'fail', include: ['knex'] }), testTimeout: 1000 };
 */
export function throughline({ include = [], ...options }: ConfigOptions = {}): Preset & {
  transformIgnorePatterns?: string[];
} {
  return {
    ...preset(options),
    ...(include.length === 0 ? {} : { transformIgnorePatterns: packagesToInstrument(include) }),
  };
}
