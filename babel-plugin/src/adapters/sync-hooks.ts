import * as nodeModule from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { NodeFiles } from './node-files.js';

/** `module.registerHooks` of Node 22.15 and later: one hook for `import` and `require`, in this thread. */
interface Hooks {
  resolve(specifier: string, context: Asking, next: Resolve): Resolved;
  load(url: string, context: object, next: Load): Loaded;
}
type Resolve = (specifier: string, context?: object) => Resolved;
type Load = (url: string, context?: object) => Loaded;
interface Resolved {
  url: string;
  format?: string | null;
}
interface Loaded {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
  shortCircuit?: boolean;
}

export function registerHooks(files: NodeFiles): void {
  const { registerHooks } = nodeModule as unknown as { registerHooks(hooks: Hooks): void };
  registerHooks({
    resolve: (specifier, context, next) => resolveRuntime(specifier, context, next, files.root),
    load(url, context, next) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : undefined;
      if (file === undefined || !files.covers(file)) return next(url, context);
      // Node may not know types, and need not: they are taken away here.
      const typed = files.isTyped(file);
      const loaded: Loaded = typed
        ? { format: files.formatOf(file), source: readFileSync(file, 'utf8') }
        : next(url, context);
      const { format, source } = loaded;
      // What is required from a package that does not say what it is has no format yet.
      const known = format ?? undefined;
      if (!source || (known !== undefined && known !== 'module' && known !== 'commonjs'))
        return loaded;
      return { format, source: files.transform(textOf(source), file, known), shortCircuit: true };
    },
  });
}

interface Asking {
  readonly parentURL?: string;
}

/** A dependency that is instrumented may not see the runtime from where it is; the program does. */
export function resolveRuntime(
  specifier: string,
  context: Asking,
  next: (specifier: string, context?: object) => Resolved,
  root: string,
): Resolved {
  if (!specifier.startsWith('@throughline/runtime')) return next(specifier, context);
  try {
    return next(specifier, context);
  } catch (error) {
    const parentURL = pathToFileURL(join(root, 'package.json')).href;
    if (context.parentURL === parentURL) throw error;
    return next(specifier, { ...context, parentURL });
  }
}

function textOf(source: NonNullable<Loaded['source']>): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
