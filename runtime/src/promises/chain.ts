import {
  branch,
  callAs,
  currentFrame,
  endingOf,
  methodOf,
  openReaction,
  reactionOf,
  stamp,
  stampNew,
} from '../kernel/index.js';
import type { AnyMethod, Strand } from '../kernel/index.js';
import { spawn } from '../callbacks/spawn.js';

// Read once. If the program replaces the method later, `method` differs from it.
const nativeThen = Promise.prototype.then as AnyMethod;

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
    reactionOf(strand, onFulfilled),
    reactionOf(strand, onRejected),
  ) as object;
  return stamp(result, strand);
}

/** Returns true for a promise of this realm, also of a subclass. */
export function isNativePromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

/** Returns the strand of a reaction to `promise` that is registered here. */
export function reactionTo(promise: object): Strand {
  return openReaction(branch(currentFrame()), endingOf(promise));
}

/** Stamps a promise unless it has an ending already: a subclass may return a promise that it made earlier. */
export function stampIfNew(promise: unknown, strand: Strand): unknown {
  if (isNativePromise(promise) && endingOf(promise) === undefined) stampNew(promise, strand);
  return promise;
}

/** Calls a method that is not the engine's, with its callbacks spawned. */
export function foreign(receiver: unknown, method: unknown, all: Iterable<unknown>): unknown {
  return callAs(receiver, method, [...all].slice(2).map(spawn));
}
