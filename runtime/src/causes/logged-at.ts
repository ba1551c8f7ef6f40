import { shared } from '../kernel/index.js';

type Log = (...args: unknown[]) => unknown;

const logging = shared('logging', { site: undefined as number | undefined });

/** Rewrites `log(label, fields)`: calls it, and lets the event name the site of the call. */
export function logAt(site: number, log: Log, ...args: unknown[]): unknown {
  logging.site = site;
  try {
    return log(...args);
  } finally {
    logging.site = undefined;
  }
}

/** Returns the site of the `log` call that is under way, and forgets it: fields may log as they are read. */
export function takeLogSite(): number | undefined {
  const { site } = logging;
  logging.site = undefined;
  return site;
}
