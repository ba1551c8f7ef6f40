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
  wrapThenable,
} from '../kernel/index.js';
import type { Strand } from '../kernel/index.js';
import { spawn } from '../callbacks/spawn.js';

type Reaction = (value: unknown) => unknown;
type Method = (this: unknown, ...args: unknown[]) => unknown;

// Taken once: what the program does to the prototype later is seen through `method`.
const native = Promise.prototype;
const nativeThen = native.then as Method;
const nativeCatch = native.catch as Method;
const nativeFinally = native.finally as Method;

/**
 * `receiver.then(...)`, under a name that makes no thenable of the module. `method` is the property as it
 * was read in the program's own place, or its name.
 *
 * The callbacks run in the frame of this call, joined with what the promise's strand ended with;
 * the promise that comes back carries the callback's strand.
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

/** `receiver.catch(callback)`, as for `then`. */
export function catchRejection(receiver: unknown, method: unknown, onRejected?: unknown): unknown {
  method = methodOf(receiver, method);
  if (method !== nativeCatch || !isNativePromise(receiver))
    return foreign(receiver, method, arguments);

  const strand = reactionTo(receiver);
  const result = nativeCatch.call(receiver, reaction(strand, onRejected)) as object;
  return stampIfNew(result, strand);
}

/** `receiver.finally(callback)`: the promise that comes back also ends with what `receiver` did. */
export function finallySettled(receiver: unknown, method: unknown, onSettled?: unknown): unknown {
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

/** A promise of any class goes on as it is: `finally` compares its constructor (27.2.5.3). */
function handOnCleanUp(strand: Strand, result: unknown): unknown {
  if (!isNativePromise(result)) return adopt(strand, result);
  adoptEnding(strand, endingOf(result));
  return result;
}

/**
 * `new Promise(executor)`: the executor runs in the current frame, and the promise carries the
 * frame of whoever settles it first.
 */
export function newPromise(executor: unknown): Promise<unknown> {
  // The engine's own error for what is no function.
  if (typeof executor !== 'function') return new Promise(executor as never);

  const strand = openSettlement();
  const promise = new Promise((resolve, reject) => {
    const rejectWith = rejecter(strand, reject);
    try {
      (executor as Method)(resolver(strand, resolve), rejectWith);
    } catch (error) {
      rejectWith(error);
    }
  });
  stampNew(promise, strand);
  return promise;
}

/** `Promise.withResolvers()`. */
export function withResolvers(receiver: unknown, method: unknown): unknown {
  const made = Reflect.apply(method as Method, receiver, []) as PromiseWithResolvers<unknown>;
  if (receiver !== Promise || !isNativePromise(made.promise)) return made;

  const strand = openSettlement();
  stampNew(made.promise, strand);
  made.resolve = resolver(strand, made.resolve);
  made.reject = rejecter(strand, made.reject);
  return made;
}

const nativeResolve = Promise.resolve as (this: unknown, value?: unknown) => unknown;

/**
 * Promises that are written in JavaScript (Hermes', React Native's) hand out one and the same for every
 * `undefined` or `true`: it is nobody's to stamp.
 */
const sharesPromises = nativeResolve.call(Promise) === nativeResolve.call(Promise);

/** `Promise.resolve(value)` and `Promise.reject(reason)`: settled by the strand that calls. */
export function settledNow(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const value = args[0];
  const frame = currentFrame();
  const carry = receiver === Promise && method === nativeResolve && isForeign(value);
  const given = carry ? wrapThenable(value, frame) : undefined;
  const isOwn =
    sharesPromises && receiver === Promise && method === nativeResolve && !isNativePromise(value);
  const promise = isOwn
    ? new Promise((resolve) => resolve(given ? given.value : value))
    : Reflect.apply(method as Method, receiver, given ? [given.value] : args);
  // A promise that is handed through keeps the strand it has.
  if (receiver !== Promise || promise === value || !isNativePromise(promise)) return promise;
  const ending = given?.ending ?? frame;
  if (ending !== OUTSIDE && endingOf(promise) === undefined) stampNew(promise, ending);
  return promise;
}

/** `Promise.try(callback, ...args)`: the callback is a strand, and the promise carries it. */
export function tryCall(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const [callback, ...rest] = args;
  if (receiver !== Promise || typeof callback !== 'function') {
    return Reflect.apply(method as Method, receiver, args);
  }
  const strand = openReaction(branch(currentFrame()), undefined);
  const inStrand = (): unknown => react(strand, () => (callback as Method)(...rest), undefined);
  const promise = Reflect.apply(method as Method, receiver, [inStrand]) as object;
  return stampIfNew(promise, strand);
}

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

/** A subclass may hand out a promise that it keeps and that has a strand already. */
function stampIfNew(promise: unknown, strand: Strand): unknown {
  if (isNativePromise(promise) && endingOf(promise) === undefined) stampNew(promise, strand);
  return promise;
}

/** A `then` that is not the engine's: its callbacks are spawned, all else is as it was. */
function foreign(receiver: unknown, method: unknown, all: ArrayLike<unknown>): unknown {
  return callAs(receiver, method, Array.from(all).slice(2).map(spawn));
}
