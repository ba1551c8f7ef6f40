import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Names = Readonly<Record<string, unknown>>;

interface Manifest {
  readonly dependencies?: Names;
  /** Packages that are used if they are there, such as `supports-color` by `debug`. */
  readonly peerDependenciesMeta?: Names;
}

/** Returns the folders of `@babel/core` and of every package that it depends on or looks for, as they are installed. */
export function babelPackages(from: string): string[] {
  const found = new Set<string>();
  const open: (readonly [string, string])[] = [['@babel/core', from]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const folder = folderOf(...next);
    if (folder === undefined || found.has(folder)) continue;
    found.add(folder);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const { dependencies, peerDependenciesMeta } = manifest;
    for (const name of Object.keys({ ...dependencies, ...peerDependenciesMeta })) {
      open.push([name, folder]);
    }
  }
  return [...found];
}

/** Returns the folder of a package as another one finds it (Node, "Loading from node_modules folders"). */
function folderOf(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
    if (dirname(at) === at) return undefined;
  }
}
