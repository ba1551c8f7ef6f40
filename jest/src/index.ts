import { packagesToCompile } from './compiled-packages.js';
import type { Options } from './options.js';
import { preset } from './preset.js';
import type { Preset } from './preset.js';

export { JestError } from './errors.js';
export type { JestErrorCode } from './errors.js';
export type { CausalMatchers } from './events/matcher-types.js';
export type { FindingKind } from './ledger/findings.js';
export type { LeakPolicy, Options, Verdict } from './options.js';
export { packagesToCompile };
export type { Preset };

/**
 * The preset, with options, for a configuration that is code.
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
    ...(include.length === 0 ? {} : { transformIgnorePatterns: packagesToCompile(include) }),
  };
}

export interface ConfigOptions extends Options {
  /** Packages of node_modules to compile as well: names, or scopes such as `"@acme"`. */
  include?: readonly string[];
}
