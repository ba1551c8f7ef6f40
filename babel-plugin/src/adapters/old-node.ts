import { register } from 'node:module';
import { addHook } from 'pirates';
import type { NodeFiles } from './node-files.js';

/** Instruments CommonJS where `module.registerHooks` cannot. */
export function hookRequire(files: NodeFiles): void {
  addHook((code, file) => files.transform(code, file, 'commonjs') ?? code, {
    exts: ['.js', '.cjs', '.jsx', '.ts', '.cts', '.tsx'],
    matcher: (file) => files.covers(file) && files.formatOf(file) === 'commonjs',
    ignoreNodeModules: false,
  });
}

/** Instruments modules on a Node without `module.registerHooks`, whose hook for `import` runs in a thread of its own (module-hooks.ts). */
export function hookImport(): void {
  register(new URL('./module-hooks.js', import.meta.url));
}
