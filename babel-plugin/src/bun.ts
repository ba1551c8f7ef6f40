import { readFileSync } from 'node:fs';
import { runCommonjs } from './adapters/bun-commonjs.js';
import { partOf, splitOptions } from './adapters/files.js';
import type { AdapterOptions } from './adapters/files.js';
import { keepProgramStacks } from './adapters/program-stacks.js';
import { isModule, instrumentSync } from './adapters/transform.js';
import type { ModuleFormat } from './module-format.js';

export type { AdapterOptions };

/** A Bun plugin. */
export interface BunPlugin {
  name: string;
  setup(build: Build): void;
}
interface Build {
  /** The configuration of `Bun.build`; undefined in a running program. */
  config?: object;
  onLoad(on: { filter: RegExp }, load: (file: { path: string }) => BunLoadResult): unknown;
}
type BunLoadResult = { contents: string; loader: string } | { exports: object; loader: 'object' };

/**
 * Returns the plugin for Bun. Register it in a preloaded file, with `plugin` from `"bun"`:
 * `plugin(throughline())`; or pass it to `Bun.build`: `plugins: [throughline()]`.
 *
 * Throws `TL_OPTION_INVALID` when `include` or `exclude` is invalid. The plugin's own options are checked when
 * the first file is loaded.
 */
export default function throughline(written: AdapterOptions = {}): BunPlugin {
  const { optionsFor, covers } = splitOptions(written);
  return {
    name: 'throughline',
    setup(build) {
      if (written.include) loadBabel();
      // Must be synchronous: `require` cannot wait for a promise.
      build.onLoad({ filter: filterFor(written) }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const { format, code: contents } = keepProgramStacks(() => compiled(source, path));
        const loader = loaderOf(path);
        if (build.config || format === 'module') return { contents, loader };
        return { exports: runCommonjs(contents, path, loader), loader: 'object' };
      });

      function compiled(source: string, file: string): { format: ModuleFormat; code: string } {
        const format = isModule(source, file) ? 'module' : 'commonjs';
        // A running Bun reads no source map of a plugin, so that lines have to stay where they are.
        const sourceMaps = build.config ? true : 'lines';
        const request = { file, options: optionsFor(file), format, sourceMaps } as const;
        const made = covers(file) ? instrumentSync(source, request) : undefined;
        return { format, code: made?.code ?? source };
      }
    },
  };
}

/**
 * Makes Babel load all of its lazy parts. With `include`, dependencies come through `onLoad`, and Babel is a
 * dependency itself.
 */
function loadBabel(): void {
  instrumentSync('async () => { await null; };', { file: 'a.js', options: {} });
}

/** Returns a filter that is as narrow as `include` allows: `onLoad` must answer for every file that passes it. */
function filterFor({ include = [] }: AdapterOptions): RegExp {
  const reached = ['(?!.*/node_modules/)'];
  for (const one of include === 'all' ? [/./] : include) {
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
