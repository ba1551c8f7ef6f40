import { callAs, methodOf } from './call.js';
import { currentFrame, runIn } from './current.js';
import type { AnyFunction } from './current.js';
import { branch, joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A listener as an emitter keeps it. Emitters take `listener` for the function it stands for. */
interface Kept extends Method {
  listener?: AnyFunction;
}

/**
 * The frame a listener runs in.
 *
 * If the trigger runs inside a strand, that strand's frame, joined with the registration's. If the
 * platform or code that was not compiled triggered it, the registration's.
 */
export function listenerFrame(registered: Frame): Frame {
  const trigger = currentFrame();
  if (trigger === OUTSIDE) return branch(registered);
  return joinFrames(branch(trigger), registered);
}

/**
 * `emitter.on(name, listener)` and its like. Other receivers (D3, jQuery, a validator) get the very
 * call that the program wrote.
 *
 * `once`-like methods of the emitter's own class are done here, since theirs would keep our
 * function as the one that the user has to name to remove it.
 */
export function listen(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  method = methodOf(receiver, method);
  const [name, listener, ...rest] = args;
  if (typeof method !== 'function' || typeof listener !== 'function' || !isEmitter(receiver)) {
    return callAs(receiver, method, args);
  }

  const once = onceMethods.get(method.name);
  if (once === undefined) {
    return Reflect.apply(method, receiver, [name, listenerCallback(listener as Kept), ...rest]);
  }
  if (method === inherited(receiver, method.name)) {
    const add = (receiver as unknown as Record<string, Method>)[once]!;
    return Reflect.apply(add, receiver, [name, listenerOnce(receiver, name, listener as Kept)]);
  }
  // A subclass's own `once`: whatever it adds for our function stands for the user's.
  const kept = listenerCallback(listener as Kept);
  const result: unknown = Reflect.apply(method, receiver, [name, kept, ...rest]);
  for (const raw of (receiver as { rawListeners: Method }).rawListeners(name) as Kept[]) {
    if (raw.listener === kept) raw.listener = kept.listener!;
  }
  return result;
}

/** What `once` and `prependOnceListener` add with. */
const onceMethods = new Map([
  ['once', 'on'],
  ['prependOnceListener', 'prependListener'],
]);

/** Functions that stand for listeners already, as a compiled subclass hands them to `super.on`. */
const kepts = new WeakSet<Kept>();

/** Ties a listener to the frame it is registered in. */
function listenerCallback(listener: Kept): Kept {
  // One that stands for another itself (a hand-made `once`) can be removed by either; ours by one.
  if (kepts.has(listener) || listener.listener !== undefined) return listener;
  const registered = currentFrame();
  return keptFor(listener, function (this: unknown, ...args: unknown[]) {
    return runIn(listenerFrame(registered), listener as never, this, args);
  });
}

function listenerOnce(emitter: object, name: unknown, listener: Kept): Kept {
  const inner = listenerCallback(listener);
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
  Object.defineProperty(kept, 'length', { value: listener.length });
  kepts.add(kept);
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
