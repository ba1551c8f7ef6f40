import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/** A webpack plugin. */
export interface BundlerPlugin {
  apply(compiler: never): void;
}

/**
 * Returns the plugin for webpack. Add it to the webpack configuration: `plugins: [throughline()]`.
 *
 * An invalid `include` or `exclude` throws `TL_OPTION_INVALID`; the plugin's own options are checked when the
 * first file is transformed.
 */
const throughline = unplugin.webpack as unknown as (options?: AdapterOptions) => BundlerPlugin;
export default throughline;
