import { applyRule, rulesOf } from './rules.js';
import { shared } from '../kernel/index.js';
import type { AnyMethod } from '../kernel/index.js';

const { standIns, originals } = shared('values', {
  standIns: new WeakMap<object, Map<string, object>>(),
  originals: new WeakMap<object, unknown>(),
});

/**
 * Returns a proxy for a function that takes callbacks, where the program uses it as a value:
 * `schedule(queueMicrotask)`. Calls through it spawn their callbacks. There is one proxy per function and rule.
 */
export function asValue(fn: unknown, rule: string): unknown {
  if (typeof fn !== 'function' || originals.has(fn)) return fn;
  let byRule = standIns.get(fn);
  if (byRule === undefined) standIns.set(fn, (byRule = new Map()));
  let standIn = byRule.get(rule);
  if (standIn === undefined) {
    standIn = new Proxy(fn, {
      apply: (target, self, args: unknown[]) =>
        Reflect.apply(target as AnyMethod, self, applyRule(rulesOf(rule)[0]!, args)),
    });
    byRule.set(rule, standIn);
    originals.set(standIn, fn);
  }
  return standIn;
}

/** Returns the original of such a proxy, to compare it or to restore it; any other value unchanged. */
export function unwrapValue(value: unknown): unknown {
  return typeof value === 'function' && originals.has(value) ? originals.get(value) : value;
}
