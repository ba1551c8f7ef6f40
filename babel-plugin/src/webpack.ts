import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/** What webpack takes under `plugins`. */
export interface BundlerPlugin {
  apply(compiler: never): void;
}

/** For `plugins` of a webpack configuration: `plugins: [throughline()]`. */
const throughline = unplugin.webpack as unknown as (options?: AdapterOptions) => BundlerPlugin;
export default throughline;
