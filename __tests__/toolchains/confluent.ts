import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeOf, Project } from './project';

/** The client of Confluent, whose broker also serves other clients. */
const CONFLUENT = '@confluentinc/kafka-javascript@1.10.1';

/**
 * Installs it beside other packages. Where its binary cannot be downloaded, it is compiled from source: with the libraries of the system, and not
 * with copies of them that would be compiled, too, in 95 seconds on two cores.
 */
export async function withConfluent(packages: readonly string[]): Promise<Project> {
  const node = await nodeOf(24);
  process.env['CKJS_LINKING'] = 'dynamic';
  const headers = headersOf(node);
  if (headers) process.env['npm_config_nodedir'] = headers;
  return Project.with([CONFLUENT, ...packages], node);
}

/** Returns the folder that has the headers of a Node, if they came with it. The package `node` has another one for each platform. */
function headersOf(node: string): string | undefined {
  const folder = dirname(dirname(realpathSync(node)));
  const { platform, arch } = process;
  const places = [folder, join(folder, 'node_modules', `node-${platform}-${arch}`)];
  return places.find((place) => existsSync(join(place, 'include', 'node', 'node.h')));
}
