// The hooks for `import` on Node versions without `module.registerHooks`. They run in a thread of their own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeFiles } from './node-files.js';
import { typescriptSpecifiers } from './typescript-specifiers.js';

interface LoadResult {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
  shortCircuit?: boolean;
}
interface ResolveResult {
  url: string;
}

const files = nodeFiles();

/**
 * Resolves the runtime from the program's folder, or else from beside this package, when an instrumented file cannot resolve
 * it itself, and files of TypeScript that code names as TypeScript wants it.
 */
export async function resolve(
  specifier: string,
  context: { readonly parentURL?: string },
  next: (specifier: string, context: object) => Promise<ResolveResult>,
): Promise<ResolveResult> {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!specifier.startsWith('@throughline/runtime')) {
      for (const other of typescriptSpecifiers(specifier, context.parentURL)) {
        const found = await next(other, context).catch(() => undefined);
        if (found !== undefined) return found;
      }
      throw error;
    }
    const parentURL = pathToFileURL(join(files.root, 'package.json')).href;
    return next(specifier, { ...context, parentURL }).catch(() =>
      next(specifier, { ...context, parentURL: import.meta.url }),
    );
  }
}

/** Instruments the files that the options cover. */
export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<LoadResult>,
): Promise<LoadResult> {
  const file = url.startsWith('file:') ? fileURLToPath(url) : undefined;
  if (file === undefined || !files.covers(file)) return next(url, context);
  const format = files.formatOf(file);
  if (files.isTyped(file)) {
    // With a null source, Node loads it by `require`, where the other hook instruments it.
    if (format === 'commonjs') return { format, source: null, shortCircuit: true };
    const code = readFileSync(file, 'utf8');
    return { format, source: files.transform(code, file, format) ?? code, shortCircuit: true };
  }
  const loaded = await next(url, context);
  if (loaded.format !== 'module' || !loaded.source) return loaded;
  const { source } = loaded;
  const code = typeof source === 'string' ? source : new TextDecoder().decode(source);
  const made = files.transform(code, file, 'module');
  return made === undefined ? loaded : { format: 'module', source: made, shortCircuit: true };
}
