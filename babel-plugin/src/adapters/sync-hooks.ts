import * as nodeModule from 'node:module';
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { NodeFiles } from './node-files.js';
import { typescriptSpecifiers } from './typescript-specifiers.js';

/** Hooks of `module.registerHooks`, Node 22.15 and later: for `import` and `require`, in this thread. */
interface Hooks {
  resolve?(specifier: string, context: ResolveContext, next: Resolve): ResolveResult;
  load?(url: string, context: LoadContext, next: Load): LoadResult;
}
type Resolve = (specifier: string, context?: object) => ResolveResult;
type Load = (url: string, context?: object) => LoadResult;
interface LoadContext {
  readonly conditions?: readonly string[];
}
interface ResolveResult {
  url: string;
  format?: string | null;
}
interface LoadResult {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
  shortCircuit?: boolean;
}

/** Hooks that were registered. */
interface Registered {
  deregister(): void;
}

/** Loads a file that is instrumented. */
type LoadFile = (file: string, url: string, context: LoadContext, next: Load) => LoadResult;

/** Instruments the files that Node loads: all of them. */
export function loadsAll(files: NodeFiles): LoadFile {
  return (file, url, context, next) => {
    // Types are stripped here, because Node may not support them.
    const loaded: LoadResult = files.isTyped(file)
      ? { format: files.formatOf(file), source: readFileSync(file, 'utf8'), shortCircuit: true }
      : next(url, context);
    const { format, source } = loaded;
    // Required files have no format yet if their package has no `type`.
    const known = format ?? undefined;
    if (!source || (known !== undefined && known !== 'module' && known !== 'commonjs'))
      return loaded;
    const made = files.transform(textOf(source), file, known);
    return made === undefined ? loaded : { format, source: made, shortCircuit: true };
  };
}

/**
 * The same for modules only. CommonJS is left to a hook of `require`, which gets also what is imported if there is no source for it here: on
 * Node 22, CommonJS that has its source from here cannot require a module (ERR_VM_MODULE_LINK_FAILURE).
 */
export function loadsModules(files: NodeFiles): LoadFile {
  return (file, url, context, next) => {
    const isImported = context.conditions?.includes('import');
    if (files.isTyped(file)) {
      const format = files.formatOf(file);
      if (format !== 'module') return isImported ? BY_REQUIRE : next(url, context);
      const code = readFileSync(file, 'utf8');
      return { format, source: files.transform(code, file, format) ?? code, shortCircuit: true };
    }
    const loaded = next(url, context);
    const { format, source } = loaded;
    if (format === 'commonjs' && isImported) return BY_REQUIRE;
    if (format !== 'module' || !source) return loaded;
    const made = files.transform(textOf(source), file, format);
    return made === undefined ? loaded : { format, source: made, shortCircuit: true };
  };
}

const BY_REQUIRE: LoadResult = { format: 'commonjs', source: null, shortCircuit: true };

/**
 * Instruments the files that Node loads, by `module.registerHooks`. `isFound` says that files in the program's folder find the runtime by
 * themselves.
 */
export function registerHooks(files: NodeFiles, load: LoadFile, isFound: boolean): void {
  const { registerHooks } = nodeModule as unknown as { registerHooks(hooks: Hooks): Registered };
  let resolves = false;
  /** A hook makes every `import` and `require` of the program dearer, so it is added with the first file that needs it. */
  function resolveFrom(file: string): void {
    if (resolves) return;
    if (isFound && !files.isTyped(file) && !isElsewhere(file, files.root)) return;
    resolves = true;
    registerHooks({
      resolve: (specifier, context, next) => resolveRuntime(specifier, context, next, files.root),
    });
  }
  const hooks: Hooks = {
    load(url, context, next) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : undefined;
      if (file === undefined || !files.covers(file)) return next(url, context);
      resolveFrom(file);
      return load(file, url, context, next);
    },
  };
  const early = registerHooks(hooks);
  // The hooks that were registered last get what all others have made. Other tools look in the source for the functions that they
  // change, so they come first: everything that is preloaded is there when the program itself is resolved.
  const entry = registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL === undefined) {
        entry.deregister();
        early.deregister();
        registerHooks(hooks);
      }
      return next(specifier, context);
    },
  });
}

/** Returns true for a file that does not find what is installed in the program's folder, such as one of a monorepo. */
function isElsewhere(file: string, root: string): boolean {
  return !file.startsWith(join(root, sep));
}

interface ResolveContext {
  readonly parentURL?: string;
}

/**
 * Resolves the runtime from the program's folder, or else from beside this package, when an instrumented file cannot resolve
 * it itself, and files of TypeScript that code names as TypeScript wants it.
 */
export function resolveRuntime(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context?: object) => ResolveResult,
  root: string,
): ResolveResult {
  try {
    return next(specifier, context);
  } catch (error) {
    if (!specifier.startsWith('@throughline/runtime')) {
      const found = firstFound(typescriptSpecifiers(specifier, context.parentURL), (other) =>
        next(other, context),
      );
      if (found === undefined) throw error;
      return found;
    }
    const parents = [pathToFileURL(join(root, 'package.json')).href, import.meta.url];
    if (parents.includes(context.parentURL ?? '')) throw error;
    const found = firstFound(parents, (parentURL) => next(specifier, { ...context, parentURL }));
    if (found === undefined) throw error;
    return found;
  }
}

/** Returns the first result that is found. */
function firstFound<T>(tries: readonly string[], resolve: (text: string) => T): T | undefined {
  for (const text of tries) {
    try {
      return resolve(text);
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}

function textOf(source: NonNullable<LoadResult['source']>): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
