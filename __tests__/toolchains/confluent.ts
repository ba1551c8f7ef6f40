import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns variables with which npm installs the client of Confluent for a Node. Where its binary cannot be downloaded, it is compiled from source:
 * with the libraries of the system, and not with copies of them that would be downloaded and compiled, too. This takes 95 seconds on two cores.
 */
export function settingsToCompile(node: string): Record<string, string> {
  const headers = headersOf(node);
  return { CKJS_LINKING: 'dynamic', ...(headers && { npm_config_nodedir: headers }) };
}

/** Returns the folder that has the headers of a Node, if they came with it. The package `node` has another one for each platform. */
function headersOf(node: string): string | undefined {
  const folder = dirname(dirname(realpathSync(node)));
  const { platform, arch } = process;
  const places = [folder, join(folder, 'node_modules', `node-${platform}-${arch}`)];
  return places.find((place) => existsSync(join(place, 'include', 'node', 'node.h')));
}
