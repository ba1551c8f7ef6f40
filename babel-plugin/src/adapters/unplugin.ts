import { createUnplugin } from 'unplugin';
import type { RolldownPlugin as Plugin, UnpluginInstance } from 'unplugin';
import { inspect } from 'node:util';
import { packageVersion } from '../package-version.js';
import { splitOptions } from './files.js';
import type { AdapterOptions } from './files.js';
import { instrument } from './transform.js';

/** The adapter for all bundlers. It runs first, so that it sees `async` before another tool transforms it. */
export const unplugin: UnpluginInstance<AdapterOptions | undefined> = createUnplugin(
  (written: AdapterOptions | undefined, { framework }) => {
    const { options, covers } = splitOptions(written);
    let onlyModules = false;
    return {
      vite: {
        config: () => ({
          // Vite bundles workers, and dependencies for its development server, separately and with
          // their own plugins.
          worker: { plugins: () => [unplugin.vite(written)] },
          optimizeDeps: {
            rolldownOptions: { plugins: written?.include ? [forDependencies(written)] : [] },
          },
        }),
        // The development server serves only modules.
        configResolved: ({ command }) => void (onlyModules = command === 'serve'),
      },
      rollup: {
        // Rollup supports only modules unless the commonjs plugin is present.
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
        return instrument(code, { file: fileOf(id), options, format });
      },
    };
  },
);

/** Puts the version and options into the plugin's name, because Vite's cache depends on plugin names. */
function forDependencies(written: AdapterOptions): Plugin {
  const said = inspect(written, { depth: null, maxArrayLength: null, breakLength: Infinity });
  const plugin = unplugin.rolldown(written) as Plugin;
  return { ...plugin, name: `throughline ${packageVersion} ${said}` };
}

/** Bundlers that treat a file without `import` and `export` as a module. */
const assumesModules = new Set(['vite', 'rollup', 'rolldown', 'unloader']);
const mayBeCommonjs = /\brequire\s*\(|\bmodule\.exports\b|\bexports\./;

/** Removes the query by which bundlers mark variants of a file. */
function fileOf(id: string): string {
  return id.replace(/[?#].*$/, '');
}
