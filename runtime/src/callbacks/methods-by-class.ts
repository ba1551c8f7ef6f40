import { callAs, methodOf } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { showListeners } from '../listeners/emitters.js';
import { isPlatformMethod } from './platform-classes.js';
import { applyRule, rulesOf } from './rules.js';
import type { Rule } from './rules.js';

/**
 * `receiver.method(...args)`, when some class with a method of that name calls back: the class of the
 * receiver decides. Every other receiver gets the very call that the program wrote.
 */
export function spawnInMethod(
  rules: string,
  receiver: unknown,
  method: unknown,
  ...args: unknown[]
): unknown {
  method = methodOf(receiver, method);
  if (
    typeof method !== 'function' ||
    !args.some(mayCall) ||
    isRemoval(method as AnyFunction, args)
  ) {
    return callAs(receiver, method, args);
  }
  const rule = rulesOf(rules).find((one) => isMethodOf(one, receiver, method));
  if (rule === undefined) return callAs(receiver, method, args);
  const result = callAs(receiver, method, applyRule(rule, args));
  if (rule.listens) showListeners(receiver);
  return result;
}

/** `socket.setTimeout(0, listener)` takes the listener away, by the function that was given. */
function isRemoval(method: AnyFunction, args: readonly unknown[]): boolean {
  return args[0] === 0 && method.name === 'setStreamTimeout';
}

function mayCall(argument: unknown): boolean {
  return typeof argument === 'function' || (typeof argument === 'object' && argument !== null);
}

function isMethodOf({ classes }: Rule, receiver: unknown, method: unknown): boolean {
  if (classes === undefined) return isPlatformMethod(receiver, method as () => unknown);
  return classNames(receiver).some((name) => classes.includes(name));
}

const names = new WeakMap<object, readonly string[]>();

/** The names of a value's class and of those it extends. */
function classNames(value: unknown): readonly string[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return [];
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return [];
  let found = names.get(prototype);
  if (found === undefined) {
    const own = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
    const name = typeof own === 'function' ? own.name : '';
    names.set(prototype, (found = [...(name ? [name] : []), ...classNames(prototype)]));
  }
  return found;
}
