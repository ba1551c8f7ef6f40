import type * as Runtime from '@throughline/runtime';
import type { Token } from '@throughline/runtime';
import type * as Observed from '@throughline/runtime/ledger';
import type { Activation, Cause as Entry } from '@throughline/runtime/ledger';
import type { Context, Site, Slot, Source } from './source.js';

/** The runtime in the realm that the tests run in. */
export interface Realm {
  readonly runtime: typeof Runtime;
  readonly ledger: typeof Observed;
}

/**
 * Adapts the runtime to `Source`. With `inherits`, tests and hooks see the slots of the code that runs them; else they
 * start from root. Causes stay the runtime's own lists of numbers until they
 * are read.
 */
export function runtimeSource({ runtime, ledger }: Realm, { inherits = false } = {}): Source {
  // Taken while no strand runs, so functions called with it start from root.
  const root = runtime.snapshot();
  const token = <T>(slot: Slot<T>) => slot as Token<T>;
  const contextOf = (view: ReturnType<typeof ledger.frameBehind>): Context | undefined =>
    view && {
      cause: view.cause,
      get: (slot) => view.run(() => runtime.getLocal(token(slot))),
    };
  function stepsOf(cause: Entry | undefined): { site: Site; cause: Entry }[] {
    const steps: { site: Site; cause: Entry }[] = [];
    for (let at = cause; at !== undefined; at = at.parent) {
      const [site] = ledger.sitesOf({ ...at, parent: undefined });
      if (site !== undefined) steps.push({ site, cause: at });
    }
    return steps;
  }

  return {
    observe: (observer) => ledger.observe(observer),
    currentCause: ledger.currentCause,
    stepsOf: (cause) => stepsOf(cause as Entry | undefined),
    contextOf: (promise) => contextOf(ledger.frameBehind(promise)),
    contextAfter: (promise) => contextOf(ledger.frameAfter(promise)),
    contextAtEnd: (activation) => contextOf(ledger.frameAtEnd(activation as Activation)),
    contextOfFailure: (error) => contextOf(ledger.frameOfFailure(error)),
    register: (initial, join) => runtime.register(initial, join && { join }) as Slot<never>,
    get: (slot) => runtime.getLocal(token(slot)),
    set: (slot, value) => runtime.setLocal(token(slot), value),
    runWith: (slot, value, fn) =>
      (inherits ? runtime.snapshot() : root).run(() => {
        runtime.setLocal(token(slot), value);
        return fn();
      }),
  };
}
