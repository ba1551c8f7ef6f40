import { createUnplugin } from 'unplugin';
import type { RolldownPlugin as Plugin, UnpluginInstance, UnpluginOptions } from 'unplugin';
import { inspect } from 'node:util';
import { packageVersion } from '../package-version.js';
import { compiledEntry, readOptions } from '../options.js';
import { autoEntry } from './auto-entry.js';
import { Build, environmentOf } from './build.js';
import { splitOptions } from './files.js';
import type { AdapterOptions } from './files.js';
import { warnOfComponents } from './esbuild-components.js';
import { instrument } from './transform.js';

/** The adapter for all bundlers. */
export const unplugin: UnpluginInstance<AdapterOptions | undefined, true> = createUnplugin(
  (written: AdapterOptions | undefined, { framework }) => {
    const build = new Build(framework);
    const parts = [sources(written, build), components(written, build)];
    return written?.auto ? [autoEntry, ...parts] : parts;
  },
);

/** Instruments source files. It runs first, so that it sees `async` before another tool transforms it. */
function sources(written: AdapterOptions | undefined, build: Build): UnpluginOptions {
  const { options, optionsFor, covers } = splitOptions(written);
  return {
    name: 'throughline',
    enforce: 'pre',
    vite: {
      config: () => ({
        // Vite bundles workers, and dependencies for its development server, separately and with
        // their own plugins.
        worker: { plugins: () => unplugin.vite(written) },
        optimizeDeps: {
          // Vite looks for imports before plugins run, and reloads the page when it finds more of them later.
          include: entriesOf(options),
          rolldownOptions: { plugins: written?.include ? [forDependencies(written)] : [] },
        },
      }),
      configResolved: ({ command, isProduction, build: { sourcemap } }) => {
        // The development server serves only modules.
        build.onlyModules = command === 'serve';
        build.hasMaps = command === 'serve' || Boolean(sourcemap);
        build.environment = isProduction ? 'production' : 'development';
      },
    },
    rollup: {
      // Rollup supports only modules unless the commonjs plugin is present.
      buildStart: ({ plugins }: { plugins: readonly { name: string }[] }) =>
        void (build.onlyModules = !plugins.some(({ name }) => name === 'commonjs')),
    },
    webpack: ({ options: { mode } }) => void (build.environment = environmentOf(mode)),
    rspack: ({ options: { mode } }) => void (build.environment = environmentOf(mode)),
    esbuild: {
      config: (asked) => build.followEsbuild(asked),
      loader: (_code: string, file: string) => build.loaderOf(file) as 'js',
    },
    transformInclude: (id) => !isVirtual(id) && covers(fileOf(id)),
    transform: (code, id) => {
      const { environment } = build;
      const format = build.formatOf(code);
      const file = fileOf(id);
      return instrument(code, { file, options: optionsFor(file), format, environment });
    },
  };
}

/** Instruments what other plugins make of components. It runs last, when their code is JavaScript. */
function components(written: AdapterOptions | undefined, build: Build): UnpluginOptions {
  const { options, coversComponent } = splitOptions(written);
  const name = 'throughline-components';
  if (build.framework === 'esbuild') return { name, esbuild: { setup: warnOfComponents } };
  async function handler(this: BuildContext, code: string, id: string) {
    const { environment } = build;
    const file = fileOf(id);
    const madeFrom = build.hidesLinesOf(file) ? placeless(file) : earlierMap(this);
    return instrument(code, { file, options, environment, format: 'module', madeFrom });
  }
  // `enforce` is for Vite, which resolves imports after plugins with it and before those with an order. Rollup and
  // Rolldown know the order only.
  const transform = build.framework === 'vite' ? handler : { order: 'post', handler };
  return {
    name,
    enforce: 'post',
    transformInclude: (id) => !isVirtual(id) && coversComponent(fileOf(id)) && !isStyle.test(id),
    transform,
  };
}

/** Bundlers mark modules that have no file (Rollup, "Conventions"). */
function isVirtual(id: string): boolean {
  return id.startsWith('\0');
}

/** Returns a source map in which nothing has a place. */
function placeless(file: string): object {
  return { version: 3, sources: [`${file}?`], names: [], mappings: '' };
}

const isStyle = /[?&]type=style\b/;

/** How bundlers give the source map of the plugins that ran before. */
interface BuildContext {
  getCombinedSourcemap?: () => object;
  getNativeBuildContext?: (() => object | null) | undefined;
}

function earlierMap(context: BuildContext): object | undefined {
  const native = context.getNativeBuildContext?.() as
    { inputSourceMap?: object } | null | undefined;
  return context.getCombinedSourcemap?.() ?? native?.inputSourceMap;
}

/** Returns the modules that instrumented code may import. */
function entriesOf(written: object): string[] {
  const { runtime } = readOptions(written);
  return [true, false].map((causes) => compiledEntry({ runtime, causes }));
}

/** Puts the version and options into the plugin's name, because Vite's cache depends on plugin names. */
function forDependencies(written: AdapterOptions): Plugin[] {
  const said = inspect(written, { depth: null, maxArrayLength: null, breakLength: Infinity });
  return (unplugin.rolldown(written) as Plugin[]).map((plugin) => ({
    ...plugin,
    name: `${plugin.name} ${packageVersion} ${said}`,
  }));
}

/** Removes the query by which bundlers mark variants of a file. */
function fileOf(id: string): string {
  return id.replace(/[?#].*$/, '');
}
