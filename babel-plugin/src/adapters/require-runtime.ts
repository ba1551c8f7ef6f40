import { createRequire, Module } from 'node:module';
import { join } from 'node:path';

/**
 * A dependency that is instrumented may not see the runtime from where it is; the program does.
 * Not by a hook: Node 22 asks none for what is required by CommonJS that was imported.
 */
export function letRequireSeeRuntime(root: string): void {
  const loader = Module as unknown as {
    _resolveFilename(request: string, ...rest: unknown[]): string;
  };
  const resolve = loader._resolveFilename;
  const program = join(root, 'package.json');
  let asking = false;
  loader._resolveFilename = function (request, ...rest) {
    try {
      return resolve.call(this, request, ...rest);
    } catch (error) {
      if (asking || !request.startsWith('@throughline/runtime')) throw error;
      asking = true;
      try {
        return createRequire(program).resolve(request);
      } finally {
        asking = false;
      }
    }
  };
}
