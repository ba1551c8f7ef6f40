import { callAs, shared } from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';

type Helper = (...args: never[]) => unknown;

/** The engine's own `apply` and `call`, of every realm that was seen: a function of Node in Jest is of another one. */
const { ways } = shared('ways', {
  ways: new WeakMap<object, 'apply' | 'call' | 'other'>([
    [Function.prototype.apply, 'apply'],
    [Function.prototype.call, 'call'],
  ]),
});

function wayOf(method: unknown): 'apply' | 'call' | 'other' {
  if (typeof method !== 'function') return 'other';
  let way = ways.get(method);
  if (way === undefined) {
    const [, name] = NATIVE.exec(Function.prototype.toString.call(method)) ?? [];
    ways.set(method, (way = (name as 'apply' | 'call' | undefined) ?? 'other'));
  }
  return way;
}

const NATIVE = /^function (apply|call)\(\) \{\s*\[native code\]\s*\}$/;

/**
 * Stands for `fn.apply(self, args)` and `fn.call(self, ...args)`, where `fn` was read from a method name that takes
 * callbacks: calls the helper for that name as it would be called for `self.fn(...args)`, after its `leading` arguments.
 */
export function callThrough(
  helper: Helper,
  leading: readonly unknown[],
  fn: unknown,
  way: 'apply' | 'call',
  ...given: unknown[]
): unknown {
  const method = (fn as Record<string, unknown>)[way];
  if (wayOf(method) !== way || typeof fn !== 'function') return callAs(fn, method, given);
  const list = way === 'apply' ? listed(given[1]) : given.slice(1);
  // The engine has its own error for what is no list.
  if (list === undefined) return callAs(fn, method, given);
  return Reflect.apply(helper as AnyMethod, undefined, leading.concat([given[0], fn], list));
}

/** Returns an array-like as an array (ECMAScript, CreateListFromArrayLike); undefined for other values. */
function listed(value: unknown): unknown[] | undefined {
  if (value === undefined || value === null) return [];
  return typeof value === 'object' || typeof value === 'function'
    ? Array.prototype.slice.call(value)
    : undefined;
}
