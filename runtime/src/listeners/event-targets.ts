import {
  callAs,
  callIn,
  currentFrame,
  isNode,
  methodOf,
  noteThrown,
  shared,
  isFailureEvent,
} from '../kernel/index.js';
import type { AnyMethod, AnyFunction } from '../kernel/index.js';
import { isTarget } from './is-target.js';
import { listenerFrame, givenTrigger } from './listener-frame.js';
import type { Policy } from './listener-frame.js';

type Listener = AnyFunction | { handleEvent: AnyFunction };

interface Registration {
  readonly kept: AnyFunction;
  readonly signal: AbortSignal | undefined;
  gone: boolean;
}

/**
 * The wrappers of listeners: by target, by type and phase, by the user's listener. A target ignores a second
 * registration of the same function, so the same listener must get the same wrapper.
 */
const { registrations } = shared('event-targets', {
  registrations: new WeakMap<object, Map<string, WeakMap<Listener, Registration>>>(),
});

/** Stands for `target.addEventListener(type, listener, options)`. */
export function addListener(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  return add(receiver, method, args, 'auto');
}

/** Stands for such a call where a directive or an option chose the policy. */
export function addListenerBy(
  policy: Policy,
  receiver: unknown,
  method: unknown,
  ...args: unknown[]
): unknown {
  return add(receiver, method, args, policy);
}

/** Stands for `addEventListener(type, listener)` of the global scope. */
export function addListenerHere(method: unknown, ...args: unknown[]): unknown {
  return add(globalThis, method, args, 'auto');
}

/** Stands for `target.removeEventListener(type, listener, options)`: removes the listener's wrapper. */
export function removeListener(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  return remove(receiver, method, args);
}

/** Stands for `removeEventListener(type, listener)` of the global scope. */
export function removeListenerHere(method: unknown, ...args: unknown[]): unknown {
  return remove(globalThis, method, args);
}

function add(receiver: unknown, method: unknown, args: unknown[], policy: Policy): unknown {
  method = methodOf(receiver, method);
  const listener = args[1];
  if (isTarget(receiver) && isListener(listener)) {
    const { capture, once, signal } = flatten(args[2]);
    const key = `${String(args[0])} ${capture}`;
    args[1] = wrapperFor(receiver, key, listener, { once, signal, policy });
  }
  return callAs(receiver, method, args);
}

function remove(receiver: unknown, method: unknown, args: unknown[]): unknown {
  method = methodOf(receiver, method);
  const listener = args[1];
  if (isTarget(receiver) && isListener(listener)) {
    const { capture } = flatten(args[2]);
    args[1] = forget(receiver, `${String(args[0])} ${capture}`, listener);
  }
  return callAs(receiver, method, args);
}

/** Forgets a registration. Returns the wrapper to remove; the listener itself if it has none. */
function forget(target: object, key: string, listener: Listener): unknown {
  const byListener = registrations.get(target)?.get(key);
  const registration = byListener?.get(listener);
  if (registration === undefined) return listener;
  byListener?.delete(listener);
  registration.gone = true;
  return registration.kept;
}

/**
 * Returns the wrapper for a listener of a target that is an emitter too, such as Node's `MessagePort`:
 * `port.on(name, listener)`.
 */
export function nodeListener(
  target: object,
  name: unknown,
  listener: AnyFunction,
  options: { once: boolean; policy: Policy },
): AnyFunction {
  // Someone may have removed all listeners at once, which leaves stale registrations here.
  const { listenerCount } = target as { listenerCount?: (name: unknown) => number };
  if (listenerCount?.call(target, name) === 0)
    registrations.get(target)?.delete(`${String(name)} false`);
  return wrapperFor(target, `${String(name)} false`, listener, { ...options, signal: undefined });
}

/** Returns what stands for a listener of a target that is an emitter too: `port.off(name, listener)`. */
export function removedFromTarget(target: object, name: unknown, listener: unknown): unknown {
  return isListener(listener) ? forget(target, `${String(name)} false`, listener) : listener;
}

function wrapperFor(
  target: object,
  key: string,
  listener: Listener,
  options: { once: boolean; signal: AbortSignal | undefined; policy: Policy },
): AnyFunction {
  let byKey = registrations.get(target);
  if (byKey === undefined) registrations.set(target, (byKey = new Map()));
  let byListener = byKey.get(key);
  if (byListener === undefined) byKey.set(key, (byListener = new WeakMap()));

  const already = byListener.get(listener);
  if (already && !already.gone && !already.signal?.aborted) return already.kept;

  const registered = currentFrame();
  const failure = isFailureEvent(target, key.slice(0, key.lastIndexOf(' ')));
  const registration: Registration = {
    signal: options.signal,
    gone: false,
    kept: function (this: unknown, ...args: never[]) {
      if (options.once) registration.gone = true;
      const object = typeof listener === 'function' ? undefined : listener;
      // `handleEvent` is read at every event, as the platform does (DOM, "inner invoke").
      const callback = typeof listener === 'function' ? listener : listener.handleEvent;
      const trigger = givenTrigger(args, failure);
      const frame = listenerFrame(registered, target, options.policy, trigger);
      if (!isNode) return callIn(frame, callback as never, object ?? this, args);
      try {
        return callIn(frame, callback as never, object ?? this, args);
      } catch (error) {
        noteThrown(error, frame);
        throw error;
      }
    },
  };
  (registration.kept as unknown as Record<symbol, Listener>)[LISTENER] = listener;
  byListener.set(listener, registration);
  return registration.kept;
}

/** Names the property of a wrapper that has the listener. */
const { LISTENER } = shared('targets', { LISTENER: Symbol('listener') });

/** Stands for `getEventListeners(target, name)` of `node:events`: the program sees its own listeners. */
export function shownListeners(get: unknown, ...args: unknown[]): unknown {
  const found = (get as AnyMethod)(...args);
  if (!isTarget(args[0]) || !Array.isArray(found)) return found;
  return found.map((one: Record<symbol, unknown>) => one[LISTENER] ?? one);
}

/** Reads the third argument as "flatten more" in the DOM standard does. */
function flatten(options: unknown): {
  capture: boolean;
  once: boolean;
  signal: AbortSignal | undefined;
} {
  if (typeof options !== 'object' || options === null) {
    return { capture: Boolean(options), once: false, signal: undefined };
  }
  const { capture, once, signal } = options as AddEventListenerOptions;
  return { capture: Boolean(capture), once: Boolean(once), signal };
}

function isListener(value: unknown): value is Listener {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}
