import { pluginThat } from './plugin.js';
import type { BabelPlugin } from './plugin.js';
import type { Options } from './options.js';

export { PluginError } from './errors.js';
export type { PluginErrorCode } from './errors.js';
export type {
  EventPolicy,
  GeneratorPolicy,
  Options,
  SpawnPointKind,
  WorkerPolicy,
  WrittenSpawnPoint,
} from './options.js';
export type { BabelPlugin };

const plugin = pluginThat();

/**
 * Rewrites every spawn point of a file so that it hands over an explicit spawn callback.
 *
 * All of it happens on entry of the program, so that it sees `async` before any other plugin or
 * preset lowers it.
 */
export default function throughline(api: object, options: Options): BabelPlugin {
  return plugin(api, options);
}
