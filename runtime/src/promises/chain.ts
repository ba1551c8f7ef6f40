import {
  adopt,
  adoptEnding,
  branch,
  callAs,
  currentFrame,
  endingOf,
  isForeign,
  methodOf,
  openReaction,
  openSettlement,
  OUTSIDE,
  react,
  rejecter,
  resolver,
  stamp,
  stampNew,
  strandFrame,
  wrapThenable,
} from '../kernel/index.js';
import type { AnyMethod, Strand } from '../kernel/index.js';
import { spawn } from '../callbacks/spawn.js';

type Reaction = (value: unknown) => unknown;

// Read once. If the program replaces a method later, `method` differs from these.
const native = Promise.prototype;
const nativeThen = native.then as AnyMethod;
const nativeCatch = native.catch as AnyMethod;
const nativeFinally = native.finally as AnyMethod;

/**
 * Stands for `receiver.then(...)`. Not named `then`, because an export of that name makes a module a thenable.
 * `method` is the function, read by the program at the original position, or its name.
 *
 * The callbacks run in the frame of this call, joined with the ending of the receiver. The returned promise
 * carries the strand of the callback.
 */
export function chain(
  receiver: unknown,
  method: unknown,
  onFulfilled?: unknown,
  onRejected?: unknown,
): unknown {
  method = methodOf(receiver, method);
  if (method !== nativeThen || !isNativePromise(receiver))
    return foreign(receiver, method, arguments);

  const strand = reactionTo(receiver);
  const result = nativeThen.call(
    receiver,
    reaction(strand, onFulfilled),
    reaction(strand, onRejected),
  ) as object;
  return stamp(result, strand);
}

/** Stands for `receiver.catch(callback)`, as `chain` does for `then`. */
export function chainCatch(receiver: unknown, method: unknown, onRejected?: unknown): unknown {
  method = methodOf(receiver, method);
  if (method !== nativeCatch || !isNativePromise(receiver))
    return foreign(receiver, method, arguments);

  const strand = reactionTo(receiver);
  const result = nativeCatch.call(receiver, reaction(strand, onRejected)) as object;
  return stampIfNew(result, strand);
}

/** Stands for `receiver.finally(callback)`. The returned promise also takes over the ending of `receiver`. */
export function chainFinally(receiver: unknown, method: unknown, onSettled?: unknown): unknown {
  method = methodOf(receiver, method);
  if (method !== nativeFinally || !isNativePromise(receiver)) {
    return foreign(receiver, method, arguments);
  }

  const strand = reactionTo(receiver);
  const result = nativeFinally.call(
    receiver,
    typeof onSettled === 'function'
      ? () => react(strand, () => (onSettled as () => unknown)(), undefined, handOnCleanUp)
      : onSettled,
  ) as object;
  return stampIfNew(result, strand);
}

/** Adopts the result of a `finally` callback. Promises are not wrapped: `finally` compares constructors (27.2.5.3). */
function handOnCleanUp(strand: Strand, result: unknown): unknown {
  if (!isNativePromise(result)) return adopt(strand, result);
  adoptEnding(strand, endingOf(result));
  return result;
}

/**
 * Stands for `new Promise(executor)`. The executor runs in the current frame, and the promise carries the frame
 * of the first call that settles it.
 */
export function newPromise(executor: unknown): Promise<unknown> {
  // The engine throws its own error for a value that is not a function.
  if (typeof executor !== 'function') return new Promise(executor as never);

  const strand = openSettlement();
  const made = currentFrame();
  const promise = new Promise((resolve, reject) => {
    const rejectWith = rejecter(strand, reject, made);
    try {
      (executor as AnyMethod)(resolver(strand, resolve), rejectWith);
    } catch (error) {
      rejectWith(error);
    }
  });
  stampNew(promise, strand);
  return promise;
}

/** Stands for `Promise.withResolvers()`. */
export function withResolvers(receiver: unknown, method: unknown): unknown {
  const made = Reflect.apply(method as AnyMethod, receiver, []) as PromiseWithResolvers<unknown>;
  if (receiver !== Promise || !isNativePromise(made.promise)) return made;

  const strand = openSettlement();
  stampNew(made.promise, strand);
  made.resolve = resolver(strand, made.resolve);
  made.reject = rejecter(strand, made.reject, currentFrame());
  return made;
}

const nativeResolve = Promise.resolve as (this: unknown, value?: unknown) => unknown;

/**
 * True if `Promise.resolve` returns one shared promise for `undefined`, `true` and the like, as implementations in
 * JavaScript do (Hermes, React Native). A shared promise cannot carry an ending.
 */
const sharesPromises = nativeResolve.call(Promise) === nativeResolve.call(Promise);

/** Stands for `Promise.resolve(value)` and `Promise.reject(reason)`: the promise carries the current frame. */
export function settleNow(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const value = args[0];
  const frame = currentFrame();
  const carry = receiver === Promise && method === nativeResolve && isForeign(value);
  const given = carry ? wrapThenable(value, frame) : undefined;
  const isOwn =
    sharesPromises && receiver === Promise && method === nativeResolve && !isNativePromise(value);
  const promise = isOwn
    ? new Promise((resolve) => resolve(given ? given.value : value))
    : Reflect.apply(method as AnyMethod, receiver, given ? [given.value] : args);
  // A promise that `resolve` returns as it is keeps its own ending.
  if (receiver !== Promise || promise === value || !isNativePromise(promise)) return promise;
  const ending = given?.ending ?? strandFrame();
  if (ending !== OUTSIDE && endingOf(promise) === undefined) stampNew(promise, ending);
  return promise;
}

/** Stands for `Promise.try(callback, ...args)`. The callback runs in a strand, which the promise carries. */
export function tryCall(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const callback = args[0];
  if (receiver !== Promise || typeof callback !== 'function') {
    return Reflect.apply(method as AnyMethod, receiver, args);
  }
  const strand = openReaction(branch(currentFrame()), undefined);
  const call = (): unknown => Reflect.apply(callback, undefined, args.slice(1));
  const inStrand = (): unknown => react(strand, call, undefined);
  const promise = Reflect.apply(method as AnyMethod, receiver, [inStrand]) as object;
  return stampIfNew(promise, strand);
}

/** Returns true for a promise of this realm, also of a subclass. */
export function isNativePromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

/** Returns the strand of a reaction to `promise` that is registered here. */
function reactionTo(promise: object): Strand {
  return openReaction(branch(currentFrame()), endingOf(promise));
}

function reaction(strand: Strand, callback: unknown): unknown {
  if (typeof callback !== 'function') return callback;
  return (value: unknown) => react(strand, callback as Reaction, value);
}

/** Stamps a promise unless it has an ending already: a subclass may return a promise that it made earlier. */
function stampIfNew(promise: unknown, strand: Strand): unknown {
  if (isNativePromise(promise) && endingOf(promise) === undefined) stampNew(promise, strand);
  return promise;
}

/** Calls a method that is not the engine's, with its callbacks spawned. */
function foreign(receiver: unknown, method: unknown, all: ArrayLike<unknown>): unknown {
  return callAs(receiver, method, Array.from(all).slice(2).map(spawn));
}
