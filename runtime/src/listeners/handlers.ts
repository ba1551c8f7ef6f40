import { callIn, currentFrame, shared, isFailureEvent } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { listenerFrame, givenTrigger } from './listener-frame.js';
import type { Policy } from './listener-frame.js';
import { isTarget } from './is-target.js';

/** The handlers that the program assigned, by their wrappers. */
const { assigned } = shared('handlers', { assigned: new WeakMap<object, unknown>() });

/** Returns the value to assign in `target.onmessage = f`: a wrapper, or `f` itself for other receivers. */
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
  const failure = isFailureEvent(target, name.slice('on'.length));
  function kept(this: unknown, ...args: never[]): unknown {
    const frame = listenerFrame(registered, target, policy, givenTrigger(args, failure));
    return callIn(frame, handler as AnyFunction, this, args);
  }
  assigned.set(kept, handler);
  return kept;
}

/** Returns the value to read in `target.onmessage`: the handler that the program assigned. */
export function handlerOf(value: unknown): unknown {
  if (typeof value !== 'function') return value;
  return assigned.has(value) ? assigned.get(value) : value;
}

/** Returns true if a property has a setter, as the platform's handler properties do and ordinary properties do not. */
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
