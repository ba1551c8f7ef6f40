import { shared } from '../kernel/index.js';

/** A class of a library. */
export type LibraryClass = abstract new (...args: never[]) => object;

/** The classes of libraries whose methods are operations, as instrumented code has told of them. */
export const libraryClasses = shared('library-classes', {
  known: [] as { readonly name: string; readonly made: LibraryClass }[],
  /** Set while operations are logged: called for each class that follows. */
  found: undefined as ((name: string, made: LibraryClass) => void) | undefined,
});

/**
 * Tells of a class of a library: `libraryClass("pg Client", Client)`, after its declaration. A file that only imports the
 * class under its name tells of it as well.
 */
export function libraryClass(name: string, made: unknown): void {
  const { known, found } = libraryClasses;
  if (typeof made !== 'function' || known.some((one) => one.made === made)) return;
  known.push({ name, made: made as unknown as LibraryClass });
  found?.(name, made as unknown as LibraryClass);
}

const used = shared('used-modules', {
  names: new Set<string>(),
  watchers: new Map<string, () => void>(),
});

/** The modules of the platform that files of the program use. */
export const usedModules = {
  /** Calls `then` once, when the first file that uses a module is loaded. */
  watch(name: string, then: () => void): void {
    if (used.names.has(name)) then();
    else used.watchers.set(name, then);
  },
};

/** Tells that a file uses a module of the platform, at its head. */
export function usesModule(name: string): void {
  if (used.names.has(name)) return;
  used.names.add(name);
  used.watchers.get(name)?.();
}
