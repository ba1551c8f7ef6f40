import { shared } from './realm.js';
import { isForeign } from './foreign.js';
import { branch } from './frame.js';
import type { Frame } from './frame.js';
import { currentFrame, enter, goBackEntering, wayBack } from './current.js';
import { here } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { endedStrand } from './strand.js';
import type { Ending } from './strand.js';
import { prepareForEngine, wrapThenable } from './thenable.js';

// Async functions without `await`: they have ended when the call returns.

/** The ending that the promise of the running function adopts, if it returns a promise. */
const returned = shared('returned', { ending: undefined as Ending | undefined });

/**
 * Begins the strand of an async function that has no `await`, and returns the frame to go back to:
 *
 *   function f(x) {
 *     const outer = begin();
 *     try { ... return resolveSync(outer, value); } catch (error) { return rejectSync(outer, error); }
 *   }
 *
 * Such a function need not stay async: its return value resolves a promise and its error rejects one, at once
 * (ECMAScript 27.7.5.2). So an activation costs no closure and no generator.
 */
export function beginSync(): Frame {
  const parent = currentFrame();
  const outer = wayBack(parent);
  const frame = branch(parent);
  if (frame !== outer) enter(parent, frame);
  return outer;
}

// The promise of an async function is always the engine's, even if the program replaces `globalThis.Promise`.
const NativePromise = Promise;
const nativeReject = NativePromise.reject;

/** Returns a promise resolved with `value`, for `return value` in such a function, and ends the strand. */
export function resolveSync(outer: Frame, value?: unknown): Promise<unknown> {
  const frame = here.frame;
  if (frame !== outer) goBackEntering(outer, frame);
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    return resolveWith(frame, value);
  }
  const promise = promiseOf(value);
  stampNew(promise, frame);
  return promise;
}

/** Returns a promise for a value that is not an object. Engines make it faster this way than in `Promise.resolve`. */
const promiseOf = async (value: unknown): Promise<unknown> => value;

/** Returns a promise rejected with an error that such a function threw, and ends the strand. */
export function rejectSync(outer: Frame, error: unknown): Promise<unknown> {
  const frame = here.frame;
  if (frame !== outer) goBackEntering(outer, frame);
  const promise = nativeReject.call(NativePromise, error);
  stampNew(promise, frame);
  return promise;
}

function resolveWith(frame: Frame, value: object): Promise<unknown> {
  const prepared = prepareForEngine(value, frame);
  // Resolving with a promise takes the ticks that the language asks for; `Promise.resolve` would return it as it is.
  const promise = new NativePromise((resolve) => resolve(prepared.value));
  stampNew(promise, endingWith(frame, prepared.ending));
  return promise;
}

/** Returns the ending for a promise: the bare frame if it adopts nothing. */
function endingWith(frame: Frame, adopted: Ending | undefined): Ending {
  return adopted === undefined ? frame : endedStrand(frame, adopted);
}

/**
 * Starts and ends the strand of an async function without awaits that has to stay async because of its
 * parameters or `finally` blocks. It has ended when the call returns, so its promise carries the bare frame.
 */
export function runSync<P extends Promise<unknown>>(
  body: (...args: never[]) => P,
  args?: ArrayLike<unknown>,
): P {
  const parent = currentFrame();
  const outer = wayBack(parent);
  const outerReturned = returned.ending;
  const frame = branch(parent);
  if (frame !== outer) enter(parent, frame);
  if (outerReturned !== undefined) returned.ending = undefined;
  try {
    const promise = args === undefined ? body() : (Reflect.apply(body, undefined, args) as P);
    stampNew(promise, endingWith(here.frame, returned.ending));
    return promise;
  } finally {
    if (here.frame !== outer) goBackEntering(outer, here.frame);
    if (returned.ending !== outerReturned) returned.ending = outerReturned;
  }
}

/** Stands at `return value` in such a function: its promise also takes over the ending of `value`. */
export function adoptSync(value: unknown): unknown {
  const ending = endingOf(value);
  if (returned.ending !== ending) returned.ending = ending;
  if (ending !== undefined || !isForeign(value)) return value;
  const foreign = wrapThenable(value, here.frame);
  returned.ending = foreign.ending;
  return foreign.value;
}
