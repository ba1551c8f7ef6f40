import { callIn, currentFrame } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { listenerFrame } from '../listeners/listener-frame.js';
import { copyFunctionShape } from './spawn.js';

/**
 * Wraps a function, or an object or array of functions that other code calls: the source of a stream, an
 * observer. Each function runs as a listener does. Properties are read only when the other code reads them, and
 * each function gets the original object as `this`.
 */
export function spawnMembers<T>(value: T): T {
  const registered = currentFrame();
  if (typeof value === 'function') return inFrame(value as never, registered, undefined) as T;
  if (typeof value !== 'object' || value === null) return value;

  const made = new WeakMap<object, unknown>();
  // A proxy must return frozen properties unchanged. An object that inherits from the frozen one has none.
  const base: object = Object.isFrozen(value) ? (Object.create(value) as object) : value;
  const standIn: object = new Proxy(base, {
    get(_base, key) {
      const member: unknown = Reflect.get(value, key, value);
      if (typeof member !== 'function' || isFixed(base, key)) return member;
      if (!made.has(member)) {
        made.set(member, inFrame(member as AnyFunction, registered, { standIn, target: value }));
      }
      return made.get(member);
    },
  });
  return standIn as T;
}

function inFrame(
  fn: AnyFunction,
  registered: Frame,
  receiver: { standIn: object; target: object } | undefined,
): AnyFunction {
  function member(this: unknown, ...args: never[]): unknown {
    const self = receiver && this === receiver.standIn ? receiver.target : this;
    return callIn(listenerFrame(registered, this), fn, self, args);
  }
  return copyFunctionShape(member as AnyFunction, fn);
}

/** Returns true for a property that a proxy must return unchanged, for `constructor`, and for methods of arrays. */
function isFixed(target: object, key: PropertyKey): boolean {
  const own = Object.getOwnPropertyDescriptor(target, key);
  if (own) return !own.configurable && !own.writable && own.get === undefined;
  return key === 'constructor' || Array.isArray(target);
}
