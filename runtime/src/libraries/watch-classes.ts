import { libraryClasses } from '../promises/library-classes.js';
import type { LibraryClass } from '../promises/library-classes.js';
import { replaceMethod } from './replace.js';
import type { LibraryMethods } from './replace.js';

/** Puts functions in the place of methods of libraries, of those that are loaded and of those that will be. */
export function watchClasses(
  methods: LibraryMethods,
  told?: (name: string, prototype: object) => void,
): void {
  const found = (name: string, { prototype }: LibraryClass): void => {
    told?.(name, prototype as object);
    if (!Object.hasOwn(methods, name)) return;
    const own = methods[name]!;
    for (const method of Reflect.ownKeys(own)) {
      replaceMethod(prototype as object, method, own[method]!);
    }
  };
  for (const { name, made } of libraryClasses.known) found(name, made);
  libraryClasses.found = found;
}
