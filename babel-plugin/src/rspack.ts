import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/** What rspack takes under `plugins`. */
export interface BundlerPlugin {
  apply(compiler: never): void;
}

/** For `plugins` of a rspack configuration: `plugins: [throughline()]`. */
const throughline = unplugin.rspack as unknown as (options?: AdapterOptions) => BundlerPlugin;
export default throughline;
