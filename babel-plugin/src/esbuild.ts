import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/** What esbuild takes for a plugin. */
export interface BuildPlugin {
  name: string;
  setup(build: never): void | Promise<void>;
}

/** For `plugins` of a build: `plugins: [throughline()]`. */
const throughline = unplugin.esbuild as unknown as (options?: AdapterOptions) => BuildPlugin;
export default throughline;
