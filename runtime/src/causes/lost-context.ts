import { currentFrame, OUTSIDE, warn } from '../kernel/index.js';
import { siteOf } from './sites.js';

/** Calls that hand a function to code which is not compiled, by the number of their place. */
const inStrand = new Set<number>();
const outside = new Set<number>();
const said = new Set<number>();

/** `f(noteHandoff(site, callback))`: notes whether a strand hands the callback over. */
export function noteHandoff<F>(site: number, callback: F): F {
  (currentFrame() === OUTSIDE ? outside : inStrand).add(site);
  return callback;
}

/**
 * At the head of such a callback: says once for each place that the context was lost on the way. Where
 * the call was also made outside every strand, nobody can tell, and nothing is said.
 */
export function checkContext(site: number, at: number): void {
  if (currentFrame() !== OUTSIDE || !inStrand.has(site) || outside.has(site)) return;
  if (said.has(site)) return;
  said.add(site);
  const [call, callback] = [siteOf(site), siteOf(at)];
  if (call === undefined || callback === undefined) return;
  warn(
    'TL_CONTEXT_LOST',
    `the callback at ${callback.file}:${callback.line} was called without the context of the call that it was ` +
      `handed to, ${call.name || 'a function'} at ${call.file}:${call.line}: that is not compiled. Instrument it ` +
      `("include"), describe it ("spawnPoints"), or hand over wrap(callback)`,
  );
}
