import { callAs, madeHere, methodOf } from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';

// Builds for pages and React Native replace `followed-calls.ts` with this file: nothing is logged as an operation there.

export function fetchHere(method: unknown, ...args: unknown[]): unknown {
  return madeHere((method as AnyMethod)(...args));
}

export function tracePromiseHere(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  return callAs(receiver, methodOf(receiver, method), args);
}
