import { applyRule, rulesOf } from './rules.js';
import { shared } from '../kernel/index.js';

type Method = (...args: unknown[]) => unknown;

const { standIns, originals } = shared('values', {
  standIns: new WeakMap<object, Map<string, object>>(),
  originals: new WeakMap<object, unknown>(),
});

/**
 * A function that spawns what it is handed, where the program passes it on as a value:
 * `schedule(queueMicrotask)`. It has every property of the original, and there is one for each.
 */
export function asValue(fn: unknown, rule: string): unknown {
  if (typeof fn !== 'function' || originals.has(fn)) return fn;
  let byRule = standIns.get(fn);
  if (byRule === undefined) standIns.set(fn, (byRule = new Map()));
  let standIn = byRule.get(rule);
  if (standIn === undefined) {
    standIn = new Proxy(fn, {
      apply: (target, self, args: unknown[]) =>
        Reflect.apply(target as Method, self, applyRule(rulesOf(rule)[0]!, args)),
    });
    byRule.set(rule, standIn);
    originals.set(standIn, fn);
  }
  return standIn;
}

/** The original of such a function, for a comparison with it, or to put it back where it was. */
export function bare(value: unknown): unknown {
  return typeof value === 'function' && originals.has(value) ? originals.get(value) : value;
}
