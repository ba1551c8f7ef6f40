import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/**
 * Returns the plugin for Vite. Add it to the Vite configuration: `plugins: [throughline()]`.
 *
 * An invalid `include` or `exclude` throws `TL_OPTION_INVALID`; the plugin's own options are checked when the
 * first file is transformed.
 */
const throughline = unplugin.vite as unknown as (options?: AdapterOptions) => { name: string }[];
export default throughline;
