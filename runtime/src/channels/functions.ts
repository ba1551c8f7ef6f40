import { logAt } from '../causes/logged-at.js';
import { observe } from '../causes/observer.js';
import type { Activation, Cause } from '../causes/observer.js';
import { siteOf } from '../causes/sites.js';
import { client } from '../xtrace/log.js';

/** An activation that has begun. */
interface Started {
  readonly site: number;
  /** In milliseconds, as `performance.now()` has it. */
  readonly at: number;
}

/** Logs an event at the end of each instrumented async function with awaits that took at least `min` milliseconds. */
export function watchFunctions(min: number): void {
  const running = new WeakMap<Activation, Started>();
  observe({
    started: (activation: Activation, { site }: Cause) =>
      void running.set(activation, { site, at: performance.now() }),
    ending: (activation: Activation) => {
      const started = running.get(activation);
      if (started === undefined) return;
      const duration = performance.now() - started.at;
      if (duration >= min) logFunction(started.site, duration);
    },
  });
}

function logFunction(site: number, duration: number): void {
  const name = siteOf(site)?.name || 'async function';
  logAt(site, client.log as never, name, { duration: duration.toFixed(3) });
}
