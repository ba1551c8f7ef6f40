import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/** An esbuild plugin. */
export interface BuildPlugin {
  name: string;
  setup(build: never): void | Promise<void>;
}

/**
 * Returns the plugin for esbuild. Add it to the build options: `plugins: [throughline()]`.
 *
 * An invalid `include` or `exclude` throws `TL_OPTION_INVALID`; the plugin's own options are checked when the
 * first file is transformed.
 */
const throughline = unplugin.esbuild as unknown as (options?: AdapterOptions) => BuildPlugin;
export default throughline;
