import type { Options } from '../options.js';

/** The options of `throughline` and `withThroughline`. */
export interface ConfigOptions extends Options {
  /** Packages of node_modules to instrument: names, or scopes such as `"@acme"`. Default: none. */
  include?: readonly string[];
}
