import { register } from 'node:module';
import { addHook } from 'pirates';
import type { NodeFiles } from './node-files.js';

/**
 * Registers the hooks on a Node without `module.registerHooks`. Node 20 has a hook for `import`, which runs in a
 * thread of its own (module-hooks.ts), and none for `require`.
 */
export function registerOnOldNode(files: NodeFiles): void {
  addHook((code, file) => files.transform(code, file, 'commonjs') ?? code, {
    exts: ['.js', '.cjs', '.jsx', '.ts', '.cts', '.tsx'],
    matcher: (file) => files.covers(file) && files.formatOf(file) === 'commonjs',
    ignoreNodeModules: false,
  });
  register(new URL('./module-hooks.js', import.meta.url));
}
