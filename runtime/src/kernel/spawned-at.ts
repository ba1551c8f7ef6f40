import { causedAt } from './cause.js';
import { OUTSIDE } from './frame.js';
import { here } from './here.js';

/** Notes that the strand which is running came through a spawn point. */
export function causeHere(site: number): void {
  here.frame = here.frame.causedBy(causedAt(site, here.frame.cause));
}

/**
 * Calls a function of ours that hands work over, in a frame that says where that is. What user code that
 * it calls sets is kept.
 */
export function spawnAt<A extends unknown[], R>(
  site: number,
  helper: (...args: A) => R,
  args: A,
): R {
  const { cause } = here.frame;
  causeHere(site);
  try {
    return helper(...args);
  } finally {
    const after = here.frame.causedBy(cause);
    here.frame = after.isRoot ? OUTSIDE : after;
  }
}
