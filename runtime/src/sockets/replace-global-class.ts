import { copyFunctionShape } from '../callbacks/spawn.js';
import { runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';

/**
 * Puts what `classFor` returns in the place of a class of the platform, if there is one. A class that is loaded when it is needed is replaced
 * then.
 */
export function replaceGlobalClass(
  name: string,
  classFor: (original: AnyFunction) => unknown,
): void {
  const property = Object.getOwnPropertyDescriptor(globalThis, name);
  if (property === undefined) return;
  const { get, enumerable = false } = property;
  const define = (original: unknown): unknown => {
    const value = typeof original === 'function' ? classFor(original as AnyFunction) : original;
    const plain = { writable: true, enumerable, configurable: true };
    Object.defineProperty(globalThis, name, { value, ...plain });
    return value;
  };
  if (get === undefined) define(property.value);
  else {
    const replaced = { ...property, get: () => define(get.call(globalThis)) };
    Object.defineProperty(globalThis, name, replaced);
  }
}

/** How an object is made. */
export interface Construction<T> {
  readonly args: readonly unknown[];
  readonly frame: Frame;
  /** Called with the object, before the program has it. */
  readonly made: (object: T) => void;
}

/** Returns a class that is as another one. `prepare` says how an object is made; undefined to make it as the program asks. */
export function constructedBy<T extends object>(
  original: AnyFunction,
  prepare: (args: readonly unknown[]) => Construction<T> | undefined,
): unknown {
  const construct = (target: AnyFunction, given: unknown[], newTarget: AnyFunction): T => {
    const make = (...args: unknown[]): T => Reflect.construct(target, args, newTarget) as T;
    // Without arguments, the class has its own error.
    const how = given.length > 0 ? attempt(() => prepare(given)) : undefined;
    if (how === undefined) return make(...given);
    const object = runIn(how.frame, make as never, undefined, how.args as never[]) as T;
    attempt(() => how.made(object));
    return object;
  };
  const standIn: unknown = new Proxy(original, { construct });
  const value = { value: standIn, writable: true, enumerable: false, configurable: true };
  Object.defineProperty(original.prototype, 'constructor', value);
  return standIn;
}

/**
 * Has a property of the objects of a class show something else to the program. `shown` is given what it is. Returns the platform's way to read it;
 * undefined where there is none.
 */
export function replaceGetter<T extends object>(
  prototype: T,
  name: keyof T & string,
  shown: (object: T, given: string) => string,
): ((object: T) => string) | undefined {
  const property = Object.getOwnPropertyDescriptor(prototype, name);
  if (!property?.get) return undefined;
  const get = property.get as (this: T) => string;
  const standIn = function (this: T): string {
    return shown(this, get.call(this));
  };
  const getter = copyFunctionShape(
    standIn as unknown as AnyFunction,
    get as unknown as AnyFunction,
  );
  Object.defineProperty(prototype, name, { ...property, get: getter });
  return (object) => get.call(object);
}
