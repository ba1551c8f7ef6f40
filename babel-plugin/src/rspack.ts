import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/** An Rspack plugin. */
export interface BundlerPlugin {
  apply(compiler: never): void;
}

/**
 * Returns the plugin for Rspack. Add it to the Rspack configuration: `plugins: [throughline()]`.
 *
 * An invalid `include` or `exclude` throws `TL_OPTION_INVALID`; the plugin's own options are checked when the
 * first file is transformed.
 */
const throughline = unplugin.rspack as unknown as (options?: AdapterOptions) => BundlerPlugin;
export default throughline;
