import { libraryClasses } from '../promises/library-classes.js';
import type { LibraryClass } from '../promises/library-classes.js';
import { replaceMethod } from './replace.js';
import type { LibraryMethods } from './replace.js';

/** Puts functions in the place of methods of libraries, of those that are loaded and of those that will be. */
export function watchClasses(
  methods: LibraryMethods,
  told?: (name: string, prototype: object) => void,
): void {
  const found = (name: string, made: LibraryClass): void => {
    told?.(name, made.prototype as object);
    if (!Object.hasOwn(methods, name)) return;
    const own = methods[name]!;
    for (const key of Reflect.ownKeys(own)) {
      const [, ofClass] = typeof key === 'string' ? key.split('static ') : [];
      if (ofClass === undefined) replaceMethod(made.prototype as object, key, own[key]!);
      else replaceMethod(made, ofClass, own[key]!);
    }
  };
  for (const { name, made } of libraryClasses.known) found(name, made);
  libraryClasses.found = found;
}
