import { readFile } from 'node:fs/promises';
import { splitOptions } from './adapters/files.js';
import type { AdapterOptions } from './adapters/files.js';
import { transform } from './adapters/transform.js';

export type { AdapterOptions };

/** What Bun takes for a plugin. */
export interface BunPlugin {
  name: string;
  setup(build: Build): void;
}
interface Build {
  onLoad(on: { filter: RegExp }, load: (file: { path: string }) => Promise<Loaded>): unknown;
}
interface Loaded {
  contents: string;
  loader: string;
}

/** Bun asks for an answer to every file that the filter lets through. */
const [OWN, ALL] = [/^(?!.*[\\/]node_modules[\\/]).*\.[cm]?[jt]sx?$/, /\.[cm]?[jt]sx?$/];

/** For a preloaded file, `plugin(throughline())` with `plugin` of `"bun"`; and for `Bun.build`. */
export default function throughline(written: AdapterOptions = {}): BunPlugin {
  const { options, covers } = splitOptions(written);
  return {
    name: 'throughline',
    setup(build) {
      build.onLoad({ filter: written.include ? ALL : OWN }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const made = covers(path)
          ? await transform(source, { file: path, options, sourceType: 'unambiguous' })
          : undefined;
        return { contents: made?.code ?? source, loader: loaderOf(path) };
      });
    },
  };
}

function loaderOf(path: string): string {
  return /\.[cm]?([jt]sx?)$/.exec(path)![1]!;
}
