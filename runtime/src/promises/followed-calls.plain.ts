import { spawn } from '../callbacks/spawn.js';
import { callAs, madeHere, methodOf, shared } from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';

// Builds for pages and React Native replace `followed-calls.ts` with this file: `fetch` is all that they follow, and only with
// `@throughline/runtime/auto`.

export const calls = shared('followed-calls', {
  fetch: undefined as ((method: AnyMethod, args: readonly unknown[]) => unknown) | undefined,
});

export function fetchHere(method: unknown, ...args: unknown[]): unknown {
  return calls.fetch === undefined
    ? madeHere((method as AnyMethod)(...args))
    : calls.fetch(method as AnyMethod, args);
}

export function tracePromiseHere(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  return callAs(receiver, methodOf(receiver, method), args);
}

export function callFollowed(method: unknown, ...args: unknown[]): unknown {
  return (method as AnyMethod)(...args.slice(0, -1), spawn(args.at(-1)));
}
