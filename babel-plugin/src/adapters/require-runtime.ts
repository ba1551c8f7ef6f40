import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import { typescriptSpecifiers } from './typescript-specifiers.js';

/** Returns true if files in a folder find the runtime. The tool may be installed elsewhere, or only for the command line. */
export function findsRuntime(root: string): boolean {
  try {
    createRequire(join(root, 'package.json')).resolve('@throughline/runtime/compiled');
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes `require` of the runtime fall back to the program's folder, and then to the runtime beside this package, because an
 * instrumented file may not be able to resolve it, and `require` in TypeScript to files of TypeScript. A hook is not
 * enough: Node 22 calls none for `require` in CommonJS that was imported.
 */
export function patchRequire(root: string): void {
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
      const [parent] = rest as [{ filename?: string | null } | undefined];
      for (const other of typescriptSpecifiers(request, parent?.filename ?? undefined)) {
        try {
          return resolve.call(this, other, ...rest);
        } catch {
          // Try the next one.
        }
      }
      if (asking || !request.startsWith('@throughline/runtime')) throw error;
      asking = true;
      try {
        return resolveRuntime(request, program);
      } finally {
        asking = false;
      }
    }
  };
}

/** Resolves the runtime of the program, or else the one beside this package. */
function resolveRuntime(request: string, program: string): string {
  try {
    return createRequire(program).resolve(request);
  } catch {
    return createRequire(import.meta.url).resolve(request);
  }
}
