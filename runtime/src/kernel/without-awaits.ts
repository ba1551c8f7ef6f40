import { shared } from './realm.js';
import { isForeign } from './foreign.js';
import { branch } from './frame.js';
import type { Frame } from './frame.js';
import { here, returnTo } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { endedStrand } from './strand.js';
import type { Ending } from './strand.js';
import { prepareForEngine, wrapThenable } from './thenable.js';

// Async functions without `await`: they are over when the call returns.

/** What the promise of the one that is running now takes over, if it returns a promise. */
const returned = shared('returned', { ending: undefined as Ending | undefined });

/**
 * Begins the strand of an async function that has no `await`, and returns the frame to go back to:
 *
 *   function f(x) {
 *     const outer = begin();
 *     try { ... return resolveSync(outer, value); } catch (error) { return rejectSync(outer, error); }
 *   }
 *
 * Nothing in it needs an async function: what it returns resolves a promise, and what it throws
 * rejects one, at once (ECMAScript 27.7.5.2). So an activation costs no closure and no generator.
 */
export function begin(): Frame {
  const outer = here.frame;
  const frame = branch(outer);
  if (frame !== outer) here.frame = frame;
  return outer;
}

// An async function's promise is the engine's own, whatever a program puts in their place.
const NativePromise = Promise;
const nativeReject = NativePromise.reject;

/** `return value` in such a function. */
export function resolveSync(outer: Frame, value?: unknown): Promise<unknown> {
  const frame = here.frame;
  if (frame !== outer) here.frame = returnTo(outer, frame);
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    return resolveWith(frame, value);
  }
  const promise = promiseOf(value);
  stampNew(promise, frame);
  return promise;
}

/** A promise of what is no object. An engine makes it faster here than in `Promise.resolve`. */
const promiseOf = async (value: unknown): Promise<unknown> => value;

/** What such a function throws. */
export function rejectSync(outer: Frame, error: unknown): Promise<unknown> {
  const frame = here.frame;
  if (frame !== outer) here.frame = returnTo(outer, frame);
  const promise = nativeReject.call(NativePromise, error);
  stampNew(promise, frame);
  return promise;
}

function resolveWith(frame: Frame, value: object): Promise<unknown> {
  const prepared = prepareForEngine(value, frame);
  // A promise is adopted, which takes the ticks it takes; `Promise.resolve` would hand it through.
  const promise = new NativePromise((resolve) => resolve(prepared.value));
  stampNew(promise, endingWith(frame, prepared.ending));
  return promise;
}

/** A promise that adopts nothing carries the bare frame. */
function endingWith(frame: Frame, adopted: Ending | undefined): Ending {
  return adopted === undefined ? frame : endedStrand(frame, adopted);
}

/**
 * Starts and ends the strand of an async function without awaits whose parameters or `finally` blocks
 * need a native one: it is over when the call returns, and its promise carries the bare frame.
 */
export function runSync<P extends Promise<unknown>>(
  body: (...args: never[]) => P,
  args?: ArrayLike<unknown>,
): P {
  const outer = here.frame;
  const outerReturned = returned.ending;
  const frame = branch(outer);
  if (frame !== outer) here.frame = frame;
  if (outerReturned !== undefined) returned.ending = undefined;
  try {
    const promise = args === undefined ? body() : body(...(args as unknown as never[]));
    stampNew(promise, endingWith(here.frame, returned.ending));
    return promise;
  } finally {
    if (here.frame !== outer) here.frame = returnTo(outer, here.frame);
    if (returned.ending !== outerReturned) returned.ending = outerReturned;
  }
}

/** `return value` in an async function without awaits. */
export function adoptSync(value: unknown): unknown {
  const ending = endingOf(value);
  if (returned.ending !== ending) returned.ending = ending;
  if (ending !== undefined || !isForeign(value)) return value;
  const foreign = wrapThenable(value, here.frame);
  returned.ending = foreign.ending;
  return foreign.value;
}
