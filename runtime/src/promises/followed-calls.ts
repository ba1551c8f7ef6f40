import { spawn } from '../callbacks/spawn.js';
import { callAs, madeHere, methodOf, shared } from '../kernel/index.js';
import type { AnyFunction, AnyMethod } from '../kernel/index.js';

// Calls whose promise is settled by code of the platform, which is not instrumented: nothing but the call knows that who
// awaits the promise has waited for what the platform did.

/** Set while operations are logged. */
export const calls = shared('followed-calls', {
  /** Makes a call whose promise carries the operations that it has begun. */
  follow: undefined as ((call: () => unknown) => unknown) | undefined,
  /** Makes a call with a callback, which comes after the operations that the call has begun. */
  followCallback: undefined as
    ((call: (callback: AnyMethod) => unknown, written: AnyFunction) => unknown) | undefined,
  /** Returns how to make a call of a function of the platform that returns when its work is over; undefined for others. */
  inPlace: undefined as
    ((method: unknown, args: readonly unknown[]) => (() => unknown) | undefined) | undefined,
  /** Returns true for a function of the platform whose own form for promises says nothing of what its calls have begun. */
  isEndedLater: undefined as ((fn: unknown) => boolean) | undefined,
  /** Makes a call of `fetch`, where no channel tells of it. */
  fetch: undefined as ((method: AnyMethod, args: readonly unknown[]) => unknown) | undefined,
});

function followed(call: () => unknown): unknown {
  return calls.follow === undefined ? call() : calls.follow(call);
}

/** Stands for `fetch(...args)`. */
export function fetchHere(method: unknown, ...args: unknown[]): unknown {
  if (calls.fetch !== undefined) return calls.fetch(method as AnyMethod, args);
  return followed(() => madeHere(Reflect.apply(method as AnyMethod, undefined, args)));
}

/** Stands for `exec(command, callback)` and other calls whose callback comes after what they have begun. */
export function callFollowed(method: unknown, ...args: unknown[]): unknown {
  const made = calls.inPlace?.(method, args);
  if (made) return made();
  const call = (...given: unknown[]): unknown => (method as AnyMethod)(...given);
  const callback = args.at(-1);
  if (typeof callback !== 'function') return call(...args);
  const first = args.slice(0, -1);
  return calls.followCallback === undefined
    ? call(...first, spawn(callback))
    : calls.followCallback((made) => call(...first, made), callback as AnyFunction);
}

/** Stands for `receiver.tracePromise(...args)`: libraries run their work in it (Node, `TracingChannel`). */
export function tracePromiseHere(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const call = (): unknown => callAs(receiver, methodOf(receiver, method), args);
  return isTracingChannel(receiver) ? followed(call) : call();
}

function isTracingChannel(value: unknown): boolean {
  const { traceSync, asyncEnd } = Object(value) as Record<string, unknown>;
  return typeof traceSync === 'function' && typeof asyncEnd === 'object';
}
