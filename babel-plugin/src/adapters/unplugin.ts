import { createUnplugin } from 'unplugin';
import type { RolldownPlugin as Plugin, UnpluginInstance } from 'unplugin';
import { inspect } from 'node:util';
import { packageVersion } from '../package-version.js';
import { splitOptions } from './files.js';
import type { AdapterOptions } from './files.js';
import { transform } from './transform.js';

/** One adapter for every bundler. It runs first, so that it sees `async` before anything lowers it. */
export const unplugin: UnpluginInstance<AdapterOptions | undefined> = createUnplugin(
  (written: AdapterOptions | undefined, { framework }) => {
    const { options, covers } = splitOptions(written);
    let onlyModules = false;
    return {
      vite: {
        config: () => ({
          // Vite bundles workers and, for its development server, dependencies by themselves, with
          // plugins of their own.
          worker: { plugins: () => [unplugin.vite(written)] },
          optimizeDeps: {
            rolldownOptions: { plugins: written?.include ? [forDependencies(written)] : [] },
          },
        }),
        // The development server serves modules.
        configResolved: ({ command }) => void (onlyModules = command === 'serve'),
      },
      rollup: {
        // Rollup itself knows modules only.
        buildStart: ({ plugins }: { plugins: readonly { name: string }[] }) =>
          void (onlyModules = !plugins.some(({ name }) => name === 'commonjs')),
      },
      name: 'throughline',
      enforce: 'pre',
      transformInclude: (id) => covers(fileOf(id)),
      async transform(code, id) {
        const isModule =
          onlyModules || (assumesModules.has(framework) && !mayBeCommonjs.test(code));
        const format = isModule ? 'module' : undefined;
        return transform(code, { file: fileOf(id), options, format });
      },
    };
  },
);

/** Vite keeps what it bundled until the names of the plugins change. */
function forDependencies(written: AdapterOptions): Plugin {
  const said = inspect(written, { depth: null, maxArrayLength: null, breakLength: Infinity });
  const plugin = unplugin.rolldown(written) as Plugin;
  return { ...plugin, name: `throughline ${packageVersion} ${said}` };
}

/** These take a file without `import` and `export` for a module. */
const assumesModules = new Set(['vite', 'rollup', 'rolldown', 'unloader']);
const mayBeCommonjs = /\brequire\s*\(|\bmodule\.exports\b|\bexports\./;

/** Bundlers name variants of a file by a query. */
function fileOf(id: string): string {
  return id.replace(/[?#].*$/, '');
}
