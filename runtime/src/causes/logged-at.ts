import { shared } from '../kernel/index.js';

type Log = (...args: unknown[]) => unknown;

const logging = shared('logging', { site: undefined as number | undefined });

/** Stands for `log(label, fields)` in rewritten code: calls it, and gives the event the site of the call. */
export function logAt(site: number, log: Log, ...args: unknown[]): unknown {
  logging.site = site;
  try {
    return Reflect.apply(log, undefined, args);
  } finally {
    logging.site = undefined;
  }
}

/** Returns the site of the running `log` call and clears it, because reading the fields may log too. */
export function takeLogSite(): number | undefined {
  const { site } = logging;
  logging.site = undefined;
  return site;
}
