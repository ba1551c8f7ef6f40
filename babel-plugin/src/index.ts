import { createPlugin } from './plugin.js';
import type { BabelPlugin } from './plugin.js';
import type { Options } from './options.js';

export { PluginError } from './errors.js';
export type { PluginErrorCode } from './errors.js';
export type {
  AsyncHooksPolicy,
  EventPolicy,
  GeneratorPolicy,
  Options,
  SpawnPointKind,
  WorkerPolicy,
  WrittenSpawnPoint,
} from './options.js';
export type { BabelPlugin };

const plugin = createPlugin();

/**
 * Babel plugin that instruments a file so that context follows async functions, callbacks and listeners.
 *
 * All work happens when Babel enters the program, so that the plugin sees `async` before any other plugin or
 * preset transforms it. List it under `plugins`, before plugins that transform async functions.
 *
 * Throws `TL_OPTION_UNKNOWN` or `TL_OPTION_INVALID` for the options, `TL_DIRECTIVE_UNKNOWN` for an unknown
 * directive comment, and `TL_ASYNC_LOWERED_FIRST` when another tool transformed the file's async functions
 * before.
 */
export default function throughline(api: object, options: Options): BabelPlugin {
  return plugin(api, options);
}
