import { callIn, currentFrame, shared, tellsOfFailures } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { listenerFrame, triggerOf } from './listener-frame.js';
import type { Policy } from './listener-frame.js';
import { isTarget } from './event-targets.js';

/** What a program assigned, by the function that stands for it. */
const { assigned } = shared('handlers', { assigned: new WeakMap<object, unknown>() });

/** `target.onmessage = f`: what the property takes. Other receivers take `f` itself. */
export function handlerFor(
  target: unknown,
  name: string,
  handler: unknown,
  policy: Policy = 'auto',
): unknown {
  if (typeof handler !== 'function' || !isTarget(target) || !hasSetter(target, name)) {
    return handler;
  }
  const registered = currentFrame();
  const failure = tellsOfFailures(target, name.slice('on'.length));
  function kept(this: unknown, ...args: never[]): unknown {
    const frame = listenerFrame(registered, policy, triggerOf(args, failure));
    return callIn(frame, handler as AnyFunction, this, args);
  }
  assigned.set(kept, handler);
  return kept;
}

/** `target.onmessage`: what the program assigned. */
export function handlerOf(value: unknown): unknown {
  if (typeof value !== 'function') return value;
  return assigned.has(value) ? assigned.get(value) : value;
}

/** The platform's handler properties have a setter, which no listener of a program's own has. */
function hasSetter(target: object, name: string): boolean {
  for (
    let at: object | null = target;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const property = Object.getOwnPropertyDescriptor(at, name);
    if (property) return property.set !== undefined;
  }
  return false;
}
