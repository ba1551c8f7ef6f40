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
  isFailureEvent,
} from '../kernel/index.js';
import type { AnyFunction, AnyMethod } from '../kernel/index.js';
import { nodeListener, removedFromTarget } from './event-targets.js';
import { isTarget } from './is-target.js';
import { listenerFrame } from './listener-frame.js';
import type { Policy } from './listener-frame.js';

/** A listener as an emitter keeps it. Emitters treat a wrapper as the function in its `listener` property. */
interface Kept extends AnyMethod {
  listener?: AnyFunction;
}

/**
 * Stands for `emitter.on(name, listener)` and similar calls. Other receivers (D3, jQuery, a validator) get the
 * call exactly as the program wrote it.
 *
 * `once` and similar methods of the emitter class itself are reimplemented here: the class's own would take our
 * wrapper for the user's listener, which could then not be removed.
 */
export function listen(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  return add(receiver, method, args, 'auto');
}

/** Stands for such a call where a directive or an option chose the policy. */
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
    const adder = (receiver as unknown as Record<string, AnyMethod>)[once]!;
    const kept = listenerOnce(receiver, name, listener, policy);
    return Reflect.apply(adder, receiver, [name, findable(receiver, kept, listener)]);
  }
  args[1] = findable(receiver, listenerFor(receiver, name, listener, policy), listener);
  if (isReplaced(receiver, method, adderNames)) remember(receiver, name, listener, args[1] as Kept);
  const result: unknown = Reflect.apply(method, receiver, args);
  // A subclass has its own `once`. The wrapper it added around ours must show the user's listener.
  if (once !== undefined) showListenersOf(receiver, name);
  return result;
}

/** Stands for `emitter.off(name, listener)`. Emitters find a wrapper by themselves, unless their methods were replaced. */
export function unlisten(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  method = methodOf(receiver, method);
  const [name, listener] = args;
  if (isTarget(receiver)) args[1] = removedFromTarget(receiver, name, listener);
  else if (typeof listener === 'function' && isEmitter(receiver)) {
    if (isReplaced(receiver, method, removerNames)) {
      args[1] = forget(receiver, name, listener as Kept) ?? listener;
    }
  }
  return callAs(receiver, method, args);
}

/** Stands for `emitter.rawListeners(name)`, which shows wrappers of `once` and no others. */
export function rawListeners(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const found = callAs(receiver, methodOf(receiver, method), args);
  if (!Array.isArray(found) || !isEmitter(receiver)) return found;
  return found.map((one: Kept) => (isKept(one) && !onceWrappers.has(one) ? one.listener : one));
}

const { onceWrappers } = shared('once wrappers', { onceWrappers: new WeakSet<object>() });

const adderNames = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'];
const removerNames = ['off', 'removeListener'];

/** Returns true for a method that a program or a tool has put in place of the emitter class's own. */
function isReplaced(emitter: object, method: unknown, names: readonly string[]): boolean {
  if (streamMethods().has(method)) return false;
  return !names.some((name) => inherited(emitter, name) === method);
}

/** The methods by which Node's streams stand in for those of its emitters, if they find a wrapper by its listener as those do. */
function streamMethods(): ReadonlySet<unknown> {
  return (ofStreams ??= new Set(findStreamMethods()));
}
let ofStreams: ReadonlySet<unknown> | undefined;

function findStreamMethods(): unknown[] {
  try {
    const { process } = globalThis as { process?: { getBuiltinModule?(id: string): unknown } };
    const { Readable } = process?.getBuiltinModule?.('stream') as { Readable: new () => object };
    const stream = new Readable() as Record<string, AnyMethod>;
    const [adders, removers] = [adderNames, removerNames].map((names) =>
      names.flatMap((name) => {
        const own = Object.getOwnPropertyDescriptor(Readable.prototype, name);
        return own === undefined ? [] : [own.value as AnyMethod];
      }),
    );
    const isFound = (add: AnyMethod, remove: AnyMethod): boolean => {
      const listener = (): void => {};
      const kept: Kept = () => {};
      kept.listener = listener;
      add.call(stream, 'throughline', kept);
      remove.call(stream, 'throughline', listener);
      return stream['listenerCount']!('throughline') === 0;
    };
    const areFound = adders!.every((add) => removers!.every((remove) => isFound(add, remove)));
    return areFound ? [...adders!, ...removers!] : [];
  } catch {
    return [];
  }
}

/** Wrappers that were added by replaced methods, which find listeners by identity: by emitter, event and listener. */
const { added } = shared('replaced', {
  added: new WeakMap<object, Map<unknown, WeakMap<Kept, Kept[]>>>(),
});

function remember(emitter: object, name: unknown, listener: Kept, kept: Kept): void {
  let byName = added.get(emitter);
  if (byName === undefined) added.set(emitter, (byName = new Map()));
  let byListener = byName.get(name);
  if (byListener === undefined) byName.set(name, (byListener = new WeakMap()));
  byListener.set(listener, [...(byListener.get(listener) ?? []), kept]);
}

/** Returns the wrapper that was added last for a listener, and forgets it. */
function forget(emitter: object, name: unknown, listener: Kept): Kept | undefined {
  return added.get(emitter)?.get(name)?.get(listener)?.pop();
}

/**
 * Makes wrappers that a foreign `once` put around ours show the user's listener, so that the emitter lists and
 * removes them by it.
 */
function showListenersOf(emitter: object, name: unknown): void {
  if (isComponentEmitter(emitter)) return;
  for (const raw of (emitter as { rawListeners: AnyMethod }).rawListeners(name) as Kept[]) {
    const inner = raw.listener as Kept | undefined;
    if (inner && isKept(inner)) raw.listener = inner.listener!;
  }
}

/** Shows the user's listeners of all events, after a method other than `on`: `server.listen(port, listener)`. */
export function showListeners(receiver: unknown): void {
  if (!isEmitter(receiver) || isComponentEmitter(receiver)) return;
  for (const name of (receiver as unknown as { eventNames: AnyMethod }).eventNames() as unknown[]) {
    showListenersOf(receiver, name);
  }
}

/** Returns the wrapper for a listener that is passed without `on`: `createServer(listener)`. */
export function spawnListener<F>(listener: F, policy: Policy = 'auto'): F {
  if (typeof listener !== 'function') return listener;
  return listenerCallback(listener as unknown as Kept, policy) as unknown as F;
}

/** Returns the wrapper for a failure listener: `process.setUncaughtExceptionCaptureCallback(listener)`. */
export function spawnFailureListener<F>(listener: F): F {
  if (typeof listener !== 'function') return listener;
  return failureListener(listener as unknown as Kept, 'auto') as unknown as F;
}

/** Makes the emitter that such a call returned show the user's listeners. Returns the emitter. */
export function exposeListeners<E>(emitter: E): E {
  showListeners(emitter);
  return emitter;
}

/** The methods that `once` and `prependOnceListener` add their listener with. */
const onceMethods = new Map([
  ['once', 'on'],
  ['prependOnceListener', 'prependListener'],
]);

/** Marks our wrappers. An instrumented subclass may pass one on to `super.on`. */
const { KEPT } = shared('emitters', { KEPT: Symbol('kept') });

function isKept(listener: Kept): boolean {
  return KEPT in listener;
}

/** Returns true for a wrapper: ours, or the program's own (a hand-made `once`), which needs no second one. */
function standsForAnother(listener: Kept): boolean {
  return isKept(listener) || listener.listener !== undefined;
}

function listenerFor(emitter: object, name: unknown, listener: Kept, policy: Policy): Kept {
  return isFailureEvent(emitter, name)
    ? failureListener(listener, policy)
    : listenerCallback(listener, policy);
}

/**
 * Ties a listener to the frame it is registered in. The wrapper is written with as many parameters as the
 * listener has, up to two: setting `length` takes thirty times as long as making a function.
 */
function listenerCallback(listener: Kept, policy: Policy): Kept {
  if (standsForAnother(listener)) return listener;
  const registered = currentFrame();
  if (listener.length === 1) {
    return wrapperFor(listener, function (this: unknown, argument: unknown) {
      if (arguments.length !== 1) {
        return callIn(listenerFrame(registered, this, policy), listener as never, this, arguments);
      }
      return isPlainlyHere(registered)
        ? callHere(registered, listener as never, this, argument)
        : callShort(listenerFrame(registered, this, policy), listener as never, this, 1, argument);
    });
  }
  const kept: Kept =
    listener.length === 2
      ? // eslint-disable-next-line @typescript-eslint/no-unused-vars
        function (this: unknown, _first: unknown, _second: unknown) {
          return callIn(
            listenerFrame(registered, this, policy),
            listener as never,
            this,
            arguments,
          );
        }
      : function (this: unknown) {
          return callIn(
            listenerFrame(registered, this, policy),
            listener as never,
            this,
            arguments,
          );
        };
  return wrapperFor(listener, kept);
}

/** Ties a failure listener to the frame it is registered in. It runs in the frame of the strand that failed. */
function failureListener(listener: Kept, policy: Policy): Kept {
  if (standsForAnother(listener)) return listener;
  const registered = currentFrame();
  return wrapperFor(listener, function (this: unknown, ...args: unknown[]) {
    const frame = listenerFrame(registered, this, policy, failureFrame(args));
    return callIn(frame, listener as never, this, args as never[]);
  });
}

function listenerOnce(emitter: object, name: unknown, listener: Kept, policy: Policy): Kept {
  const inner = listenerFor(emitter, name, listener, policy);
  let fired = false;
  const kept = wrapperFor(
    (inner.listener ?? listener) as Kept,
    function (this: unknown, ...args: unknown[]) {
      if (fired) return undefined;
      fired = true;
      (emitter as { removeListener: AnyMethod }).removeListener(name, kept);
      return Reflect.apply(inner, this, args);
    },
  );
  onceWrappers.add(kept);
  return kept;
}

/** Makes `kept` the wrapper of a listener. Emitters show and remove it by `listener`; programs may read `length`. */
function wrapperFor(listener: Kept, kept: Kept): Kept {
  kept.listener = listener as AnyFunction;
  (kept as unknown as Record<symbol, true>)[KEPT] = true;
  const { length } = listener;
  if (kept.length !== length) Object.defineProperty(kept, 'length', { value: length });
  return kept;
}

/** Lets component-emitter find a wrapper by the listener: it looks into `fn`, where others look into `listener`. */
function findable(emitter: object, kept: Kept, listener: Kept): Kept {
  if (kept !== listener && isComponentEmitter(emitter)) (kept as { fn?: unknown }).fn = listener;
  return kept;
}

function isComponentEmitter(emitter: object): boolean {
  return !('rawListeners' in emitter);
}

// Emitters that treat a wrapper as its listener: Node's, and component-emitter. EventEmitter3 compares functions.
const emitterMethods = [
  ['on', 'once', 'emit', 'removeListener', 'listeners', 'rawListeners'],
  ['on', 'once', 'emit', 'removeListener', 'listeners', 'hasListeners', 'emitReserved'],
];
/** Whether a prototype is that of an emitter class. */
const known = new WeakMap<object, boolean>();
/** The prototypes that are, or inherit from, that of an emitter class. */
const inheriting = new WeakSet<object>();

/**
 * Returns true for instances of Node's EventEmitter, and of library classes that have its methods. Only
 * inspects prototypes and runs no getter, so the program cannot notice.
 */
export function isEmitter(value: unknown): value is object {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const prototype = prototypeOf(value);
  if (prototype === null) return false;
  if (inheriting.has(prototype)) return true;
  // One that does not inherit from an emitter class may do so later.
  if (!isEmitterClass(prototype)) return false;
  inheriting.add(prototype);
  return true;
}

/** Returns true for the prototype of an emitter class, and for one that inherits from such a class. */
function isEmitterClass(start: object): boolean {
  for (let at: object | null = start; at !== null; at = prototypeOf(at)) {
    let answer = known.get(at);
    if (answer === undefined) {
      const prototype = at;
      answer =
        emitterMethods.some((names) => names.every((name) => hasMethod(prototype, name))) &&
        findsWrappers(prototype);
      known.set(at, answer);
    }
    if (answer) return true;
  }
  return false;
}

/** Returns false for classes with the names of these methods that find a listener only by itself. */
function findsWrappers(prototype: object): boolean {
  // One of the two may call the other. Node's looks at `listener` of a wrapper, component-emitter at `fn`.
  return ['removeListener', 'off'].some((name) => {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
    const text = typeof value === 'function' ? Function.prototype.toString.call(value) : '';
    // Hermes shows no source.
    return /\.(?:listener|fn)\b|\[(?:native code|bytecode)\]/.test(text);
  });
}

function hasMethod(object: object, name: string): boolean {
  return typeof Object.getOwnPropertyDescriptor(object, name)?.value === 'function';
}

/** Returns the method of that name that the emitter class itself defines. */
function inherited(emitter: object, name: string): unknown {
  for (let at = prototypeOf(emitter); at !== null; at = prototypeOf(at)) {
    if (known.get(at)) return Object.getOwnPropertyDescriptor(at, name)?.value as unknown;
  }
  return undefined;
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}
