import { callAs, methodOf } from '../kernel/index.js';

// Builds for pages and React Native replace `timers.ts` with this file: their timers have no `refresh`.

export function startOf<F>(_callback: object, first: F): F {
  return first;
}

export function refresh(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  return callAs(receiver, methodOf(receiver, method), args);
}
