import { shared } from './realm.js';

const { classes } = shared('own classes', { classes: new WeakSet<object>() });

/**
 * Notes a class of the program that is named as a class of a library. It is instrumented, and nothing else is known of
 * it. A function, because Rolldown takes a class that hands out `this` for one that is used.
 */
export function ownClass(self: () => object): void {
  classes.add(self());
}

/** Returns true for a class of the program. */
export function isOwnClass(made: unknown): boolean {
  return typeof made === 'function' && classes.has(made);
}

const names = new WeakMap<object, readonly string[]>();

/** Returns the names of a value's class and of the classes that it extends. */
export function classNames(value: unknown): readonly string[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return [];
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return [];
  let found = names.get(prototype);
  if (found === undefined) {
    const own = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
    const name = typeof own === 'function' ? own.name : '';
    names.set(prototype, (found = [...(name ? [name] : []), ...classNames(prototype)]));
  }
  return found;
}
