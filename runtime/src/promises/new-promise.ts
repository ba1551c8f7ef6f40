import {
  branch,
  currentFrame,
  endingOf,
  isForeign,
  openReaction,
  openSettlement,
  OUTSIDE,
  react,
  rejecter,
  resolver,
  stampNew,
  strandFrame,
  wrapThenable,
} from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';
import { isNativePromise, stampIfNew } from './chain.js';

// Promises that the program makes: `new Promise` and the static methods that make one.

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
