import { copyFunctionShape } from '../callbacks/spawn.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';

/** Makes an object of a class, with other arguments if they are given. */
export type Construct<T> = (args?: readonly unknown[]) => T;

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

/** Returns a class that is as another one, whose objects are made by a function. */
export function constructedBy<T extends object>(
  original: AnyFunction,
  make: (args: readonly unknown[], construct: Construct<T>) => T,
): unknown {
  const standIn: unknown = new Proxy(original, {
    construct: (target, args: readonly unknown[], newTarget: AnyFunction) =>
      make(args, (given = args) => Reflect.construct(target, [...given], newTarget) as T),
  });
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

/** Adds a listener that is called before those of the program, if it is added first. */
export function hear(target: EventTarget, type: string, listener: (event: Event) => void): void {
  const { addEventListener } = EventTarget.prototype;
  // Those of the capture phase are called before others.
  addEventListener.call(target, type, (event) => void attempt(() => listener(event)), true);
}
