import { callIn, currentFrame } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { listenerFrame } from '../listeners/listener-frame.js';
import { alike } from './spawn.js';

/**
 * Stands for a function, or for an object or a list of functions that somebody else calls: the source
 * of a stream, an observer. Each runs as a listener does. Nothing is read before its time, and each
 * function sees its own object as `this`.
 */
export function members<T>(value: T): T {
  const registered = currentFrame();
  if (typeof value === 'function') return inFrame(value as never, registered, undefined) as T;
  if (typeof value !== 'object' || value === null) return value;

  const made = new WeakMap<object, unknown>();
  // What is frozen a proxy has to give as it is; what inherits from it is not.
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
    return callIn(listenerFrame(registered), fn, self, args);
  }
  return alike(member as AnyFunction, fn);
}

/** What a proxy must give as it is, and what objects and lists are made of. */
function isFixed(target: object, key: PropertyKey): boolean {
  const own = Object.getOwnPropertyDescriptor(target, key);
  if (own) return !own.configurable && !own.writable && own.get === undefined;
  return key === 'constructor' || Array.isArray(target);
}
