import { readFileSync } from 'node:fs';
import { ranAsCommonjs } from './adapters/bun-commonjs.js';
import { partOf, splitOptions } from './adapters/files.js';
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

/** For a preloaded file, `plugin(throughline())` with `plugin` of `"bun"`; and for `Bun.build`. */
export default function throughline(written: AdapterOptions = {}): BunPlugin {
  const { options, covers } = splitOptions(written);
  return {
    name: 'throughline',
    setup(build) {
      if (written.include) loadBabel();
      // Not with a promise, or what is required could not be had.
      build.onLoad({ filter: filterFor(written) }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const format = isModule(source, path) ? 'module' : 'commonjs';
        const made = covers(path)
          ? transformNow(source, { file: path, options, format })
          : undefined;
        const [contents, loader] = [made?.code ?? source, loaderOf(path)];
        if (build.config || format === 'module') return { contents, loader };
        return { exports: ranAsCommonjs(contents, path, loader), loader: 'object' };
      });
    },
  };
}

/**
 * Babel loads its parts when it first needs them. It has to be whole before files of dependencies, of which
 * it is one, come through here.
 */
function loadBabel(): void {
  transformNow('async () => { await null; };', { file: 'a.js', options: {} });
}

/** Every file that the filter lets through needs an answer: no more than may be covered. */
function filterFor({ include = [] }: AdapterOptions): RegExp {
  const reached = ['(?!.*/node_modules/)'];
  for (const one of include) {
    reached.push(typeof one === 'string' ? `(?=.*${escaped(partOf(one))})` : '');
  }
  const start = reached.join('|').replaceAll('/', '[\\\\/]');
  return new RegExp(`^(?:${start}).*\\.[cm]?[jt]sx?$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function loaderOf(path: string): string {
  return /\.[cm]?([jt]sx?)$/.exec(path)![1]!;
}
