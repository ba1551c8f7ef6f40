import {
  callAs,
  callHere,
  callIn,
  callShort,
  currentFrame,
  failureFrame,
  isPlainlyHere,
  methodOf,
  shared,
  tellsOfFailures,
} from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { isTarget, nodeListener } from './event-targets.js';
import { listenerFrame } from './listener-frame.js';
import type { Policy } from './listener-frame.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A listener as an emitter keeps it. Emitters take `listener` for the function it stands for. */
interface Kept extends Method {
  listener?: AnyFunction;
}

/**
 * `emitter.on(name, listener)` and its like. Other receivers (D3, jQuery, a validator) get the very
 * call that the program wrote.
 *
 * `once`-like methods of the emitter's own class are done here, since theirs would keep our
 * function as the one that the user has to name to remove it.
 */
export function listen(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  return add(receiver, method, args, 'auto');
}

/** The same, with a policy. */
export function listenBy(
  policy: Policy,
  receiver: unknown,
  method: unknown,
  ...args: unknown[]
): unknown {
  return add(receiver, method, args, policy);
}

function add(receiver: unknown, method: unknown, args: unknown[], policy: Policy): unknown {
  method = methodOf(receiver, method);
  const name = args[0];
  const listener = args[1] as Kept;
  if (typeof method !== 'function' || typeof listener !== 'function') {
    return callAs(receiver, method, args);
  }
  if (isTarget(receiver)) {
    args[1] = nodeListener(receiver, name, listener, { once: method.name === 'once', policy });
    return callAs(receiver, method, args);
  }
  if (!isEmitter(receiver)) return callAs(receiver, method, args);

  const once = onceMethods.get(method.name);
  if (once !== undefined && method === inherited(receiver, method.name)) {
    const adder = (receiver as unknown as Record<string, Method>)[once]!;
    return Reflect.apply(adder, receiver, [name, listenerOnce(receiver, name, listener, policy)]);
  }
  args[1] = listenerFor(receiver, name, listener, policy);
  const result: unknown = Reflect.apply(method, receiver, args);
  // A subclass's own `once`: whatever it adds for our function stands for the user's.
  if (once !== undefined) showListenersOf(receiver, name);
  return result;
}

/**
 * What a `once` of somebody else's wrapped around ours stands for the user's listener as well: it is
 * shown, and removed, by that.
 */
function showListenersOf(emitter: object, name: unknown): void {
  for (const raw of (emitter as { rawListeners: Method }).rawListeners(name) as Kept[]) {
    const inner = raw.listener as Kept | undefined;
    if (inner && isKept(inner)) raw.listener = inner.listener!;
  }
}

/** The same for a method that is no `on`: `server.listen(port, listener)`. */
export function showListeners(receiver: unknown): void {
  if (!isEmitter(receiver)) return;
  for (const name of (receiver as unknown as { eventNames: Method }).eventNames() as unknown[]) {
    showListenersOf(receiver, name);
  }
}

/** A listener that is handed over without an `on`: `createServer(listener)`. */
export function listening<F>(listener: F, policy: Policy = 'auto'): F {
  if (typeof listener !== 'function') return listener;
  return listenerCallback(listener as unknown as Kept, policy) as unknown as F;
}

/** A listener that is told of failures: `process.setUncaughtExceptionCaptureCallback(listener)`. */
export function failing<F>(listener: F): F {
  if (typeof listener !== 'function') return listener;
  return failureListener(listener as unknown as Kept, 'auto') as unknown as F;
}

/** What such a call gives: an emitter that shows the user's listeners. */
export function showing<E>(emitter: E): E {
  showListeners(emitter);
  return emitter;
}

/** What `once` and `prependOnceListener` add with. */
const onceMethods = new Map([
  ['once', 'on'],
  ['prependOnceListener', 'prependListener'],
]);

/** Marks functions that stand for listeners already, as a compiled subclass hands them to `super.on`. */
const { KEPT } = shared('emitters', { KEPT: Symbol('kept') });

function isKept(listener: Kept): boolean {
  return KEPT in listener;
}

/** One that stands for another itself (a hand-made `once`) can be removed by either; ours by one. */
function standsForAnother(listener: Kept): boolean {
  return isKept(listener) || listener.listener !== undefined;
}

function listenerFor(emitter: object, name: unknown, listener: Kept, policy: Policy): Kept {
  return tellsOfFailures(emitter, name)
    ? failureListener(listener, policy)
    : listenerCallback(listener, policy);
}

/**
 * Ties a listener to the frame it is registered in. The function that stands for it is written with as many
 * parameters as it has, up to two: setting a `length` costs thirty times what making a function does.
 */
function listenerCallback(listener: Kept, policy: Policy): Kept {
  if (standsForAnother(listener)) return listener;
  const registered = currentFrame();
  if (listener.length === 1) {
    return keptFor(listener, function (this: unknown, argument: unknown) {
      if (arguments.length !== 1) {
        return callIn(listenerFrame(registered, policy), listener as never, this, arguments);
      }
      return isPlainlyHere(registered)
        ? callHere(registered, listener as never, this, argument)
        : callShort(listenerFrame(registered, policy), listener as never, this, 1, argument);
    });
  }
  const kept: Kept =
    listener.length === 2
      ? // eslint-disable-next-line @typescript-eslint/no-unused-vars
        function (this: unknown, _first: unknown, _second: unknown) {
          return callIn(listenerFrame(registered, policy), listener as never, this, arguments);
        }
      : function (this: unknown) {
          return callIn(listenerFrame(registered, policy), listener as never, this, arguments);
        };
  return keptFor(listener, kept);
}

/** The same for one that is told of failures: it runs in the frame of the strand that failed. */
function failureListener(listener: Kept, policy: Policy): Kept {
  if (standsForAnother(listener)) return listener;
  const registered = currentFrame();
  return keptFor(listener, function (this: unknown, ...args: unknown[]) {
    const frame = listenerFrame(registered, policy, failureFrame(args));
    return callIn(frame, listener as never, this, args as never[]);
  });
}

function listenerOnce(emitter: object, name: unknown, listener: Kept, policy: Policy): Kept {
  const inner = listenerFor(emitter, name, listener, policy);
  let fired = false;
  const kept = keptFor(
    (inner.listener ?? listener) as Kept,
    function (this: unknown, ...args: unknown[]) {
      if (fired) return undefined;
      fired = true;
      (emitter as { removeListener: Method }).removeListener(name, kept);
      return Reflect.apply(inner, this, args);
    },
  );
  return kept;
}

/** Emitters show `listener`, and remove by it; programs may read its `length`. */
function keptFor(listener: Kept, kept: Kept): Kept {
  kept.listener = listener as AnyFunction;
  (kept as unknown as Record<symbol, true>)[KEPT] = true;
  const { length } = listener;
  if (kept.length !== length) Object.defineProperty(kept, 'length', { value: length });
  return kept;
}

// `rawListeners` tells those that take `listener` for the function it stands for: EventEmitter3, which
// compares functions, has none.
const emitterMethods = ['on', 'once', 'emit', 'removeListener', 'listeners', 'rawListeners'];
const known = new WeakMap<object, boolean>();

/**
 * True for Node's EventEmitter and the libraries that follow it: a class with its methods. Only
 * prototypes are asked, without running a getter, so that nothing foreign notices.
 */
export function isEmitter(value: unknown): value is object {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  for (let at = prototypeOf(value); at !== null; at = prototypeOf(at)) {
    let answer = known.get(at);
    if (answer === undefined) {
      const prototype = at;
      answer = emitterMethods.every((name) => hasMethod(prototype, name));
      known.set(at, answer);
    }
    if (answer) return true;
  }
  return false;
}

function hasMethod(object: object, name: string): boolean {
  return typeof Object.getOwnPropertyDescriptor(object, name)?.value === 'function';
}

/** The method of that name that the emitter class itself defines. */
function inherited(emitter: object, name: string): unknown {
  for (let at = prototypeOf(emitter); at !== null; at = prototypeOf(at)) {
    if (known.get(at)) return Object.getOwnPropertyDescriptor(at, name)?.value as unknown;
  }
  return undefined;
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}
