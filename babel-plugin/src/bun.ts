import { readFileSync } from 'node:fs';
import { ranAsCommonjs } from './adapters/bun-commonjs.js';
import { splitOptions } from './adapters/files.js';
import type { AdapterOptions } from './adapters/files.js';
import { isModule, transformNow } from './adapters/transform.js';

export type { AdapterOptions };

/** What Bun takes for a plugin. */
export interface BunPlugin {
  name: string;
  setup(build: Build): void;
}
interface Build {
  /** What `Bun.build` was given; a running program was given nothing. */
  config?: object;
  onLoad(on: { filter: RegExp }, load: (file: { path: string }) => Loaded): unknown;
}
type Loaded = { contents: string; loader: string } | { exports: object; loader: 'object' };

// Bun asks for an answer to every file that the filter lets through; and not for a promise, or what is
// required could not be had.
const [OWN, ALL] = [/^(?!.*[\\/]node_modules[\\/]).*\.[cm]?[jt]sx?$/, /\.[cm]?[jt]sx?$/];

/** For a preloaded file, `plugin(throughline())` with `plugin` of `"bun"`; and for `Bun.build`. */
export default function throughline(written: AdapterOptions = {}): BunPlugin {
  const { options, covers } = splitOptions(written);
  return {
    name: 'throughline',
    setup(build) {
      build.onLoad({ filter: written.include ? ALL : OWN }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const made = covers(path)
          ? transformNow(source, { file: path, options, sourceType: 'unambiguous' })
          : undefined;
        const [contents, loader] = [made?.code ?? source, loaderOf(path)];
        if (build.config || isModule(source, path)) return { contents, loader };
        return { exports: ranAsCommonjs(contents, path, loader), loader: 'object' };
      });
    },
  };
}

function loaderOf(path: string): string {
  return /\.[cm]?([jt]sx?)$/.exec(path)![1]!;
}
