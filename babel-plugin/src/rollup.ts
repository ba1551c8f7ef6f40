import { unplugin } from './adapters/unplugin.js';
import type { AdapterOptions } from './adapters/files.js';

export type { AdapterOptions };

/** For `plugins` of a Rollup configuration: `plugins: [throughline()]`. */
const throughline = unplugin.rollup as unknown as (options?: AdapterOptions) => { name: string };
export default throughline;
