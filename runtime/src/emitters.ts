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
  const listener = args[1];
  if (typeof method !== 'function' || typeof listener !== 'function' || !isEmitter(receiver)) {
    return callAs(receiver, method, args);
  }

  const once = onceMethods.get((method as { name: string }).name);
  const own = once !== undefined && method === inherited(receiver, method.name);
  if (own) {
    const [name] = args;
    const kept = listenerOnce(receiver, name, listener as AnyFunction);
    const add = (receiver as unknown as Record<string, Method>)[once]!;
    return Reflect.apply(add, receiver, [name, kept]);
  }
  return Reflect.apply(method, receiver, [
    args[0],
    listenerCallback(listener as AnyFunction),
    ...args.slice(2),
  ]);
}

/** What `once` and `prependOnceListener` add with. */
const onceMethods = new Map([
  ['once', 'on'],
  ['prependOnceListener', 'prependListener'],
]);

/** Ties a listener to the frame it is registered in. `listener.length` stays: emitters read it. */
function listenerCallback(listener: AnyFunction): Kept {
  const registered = currentFrame();
  const kept: Kept = function (this: unknown, ...args: unknown[]) {
    return runIn(listenerFrame(registered), listener as never, this, args);
  };
  kept.listener = (listener as { listener?: AnyFunction }).listener ?? listener;
  return kept;
}

function listenerOnce(emitter: object, name: unknown, listener: AnyFunction): Kept {
  const inner = listenerCallback(listener);
  let fired = false;
  const kept: Kept = function (this: unknown, ...args: unknown[]) {
    if (fired) return undefined;
    fired = true;
    (emitter as { removeListener: Method }).removeListener(name, kept);
    return Reflect.apply(inner, this, args);
  };
  kept.listener = listener;
  return kept;
}

const emitterMethods = ['on', 'once', 'emit', 'removeListener', 'listeners', 'listenerCount'];
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
