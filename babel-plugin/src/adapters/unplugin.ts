import { createUnplugin } from 'unplugin';
import type { UnpluginInstance } from 'unplugin';
import { splitOptions } from './files.js';
import type { AdapterOptions } from './files.js';
import { transform } from './transform.js';

/** One adapter for every bundler. It runs first, so that it sees `async` before anything lowers it. */
export const unplugin: UnpluginInstance<AdapterOptions | undefined> = createUnplugin(
  (written: AdapterOptions | undefined, { framework }) => {
    const { options, covers } = splitOptions(written);
    return {
      // Vite bundles workers by themselves, with plugins of their own.
      vite: { config: () => ({ worker: { plugins: () => [unplugin.vite(written)] } }) },
      name: 'throughline',
      enforce: 'pre',
      transformInclude: (id) => covers(fileOf(id)),
      async transform(code, id) {
        const file = fileOf(id);
        const sourceType = assumesModules.has(framework) ? typeOf(code) : 'unambiguous';
        return transform(code, { file, options, sourceType });
      },
    };
  },
);

/** These take a file without `import` and `export` for a module. */
const assumesModules = new Set(['vite', 'rollup', 'rolldown', 'unloader']);

function typeOf(code: string): 'module' | 'unambiguous' {
  return /\brequire\s*\(|\bmodule\.exports\b|\bexports\./.test(code) ? 'unambiguous' : 'module';
}

/** Bundlers name variants of a file by a query. */
function fileOf(id: string): string {
  return id.replace(/[?#].*$/, '');
}
