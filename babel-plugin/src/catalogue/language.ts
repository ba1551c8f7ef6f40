import type { MethodPoint } from './entries.js';

/** Static methods of the global `Promise`. */
export const promiseStatics: Readonly<Record<string, MethodPoint>> = {
  resolve: { kind: 'promise', helper: 'settleNow' },
  reject: { kind: 'promise', helper: 'settleNow' },
  all: { kind: 'promise', helper: 'combine' },
  allSettled: { kind: 'promise', helper: 'combine' },
  race: { kind: 'promise', helper: 'combine' },
  any: { kind: 'promise', helper: 'combine' },
  withResolvers: { kind: 'promise', helper: 'withResolvers' },
  try: { kind: 'promise', helper: 'tryCall' },
};

/** Methods that are known by name only. */
export const methodHelpers: Readonly<Record<string, MethodPoint>> = {
  then: { kind: 'promise', helper: 'chain' },
  catch: { kind: 'promise', helper: 'chainCatch' },
  finally: { kind: 'promise', helper: 'chainFinally' },
  next: { kind: 'async', helper: 'stepByHand' },
  return: { kind: 'async', helper: 'stepByHand' },
  throw: { kind: 'async', helper: 'stepByHand' },
  on: { kind: 'listener', helper: 'listen' },
  addListener: { kind: 'listener', helper: 'listen' },
  once: { kind: 'listener', helper: 'listen' },
  prependListener: { kind: 'listener', helper: 'listen' },
  prependOnceListener: { kind: 'listener', helper: 'listen' },
  off: { kind: 'listener', helper: 'unlisten' },
  removeListener: { kind: 'listener', helper: 'unlisten' },
  rawListeners: { kind: 'listener', helper: 'rawListeners' },
  addEventListener: { kind: 'listener', helper: 'addListener' },
  removeEventListener: { kind: 'listener', helper: 'removeListener' },
  refresh: { kind: 'timer', helper: 'refresh' },
  postMessage: { kind: 'worker', helper: 'post' },
  tracePromise: { kind: 'promise', helper: 'tracePromiseHere' },
};

/** Helpers that a policy for listeners applies to, each with the variant that takes the policy. */
export const byPolicy: ReadonlyMap<string, 'listenBy' | 'addListenerBy'> = new Map([
  ['listen', 'listenBy'],
  ['addListener', 'addListenerBy'],
]);

/** Names of the global object. */
export const globalObjects: ReadonlySet<string> = new Set([
  'globalThis',
  'window',
  'self',
  'global',
]);

/** Returns true for a function of a module of Node whose promise may be rejected, and not by instrumented code. */
export function makesPromise(module: string, name: string): boolean {
  if (module === 'fs') return name.startsWith('promises.');
  return module.endsWith('/promises') && module !== 'timers/promises';
}

/** Our own functions that log an event and record the site of their call, by module. */
export const logs: Readonly<Record<string, ReadonlySet<string>>> = {
  '@throughline/runtime/xtrace': new Set(['log']),
};
