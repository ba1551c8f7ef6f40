import { currentFrame, OUTSIDE, warn } from '../kernel/index.js';
import { siteOf } from './sites.js';

/**
 * Sites of calls that pass a callback to uninstrumented code: where slots are set, and where none is. What a program's
 * start registers has nothing to lose: routes, handlers of a queue.
 */
const inStrand = new Set<number>();
const outside = new Set<number>();
/** Sites that were warned about. */
const said = new Set<number>();

/** Stands for the callback in `f(noteHandoff(site, callback))`: notes whether the call has a context. */
export function noteHandoff<F>(site: number, callback: F): F {
  (currentFrame().isEmpty ? outside : inStrand).add(site);
  return callback;
}

/**
 * Warns once per call site when a callback runs without the context of the call that it was passed to. Stands at
 * the head of such a callback. If the call was also made without a context, the two cases cannot be told
 * apart, and it does not warn.
 */
export function checkContext(site: number, at: number): void {
  if (currentFrame() !== OUTSIDE || !inStrand.has(site) || outside.has(site)) return;
  if (said.has(site)) return;
  said.add(site);
  const [call, callback] = [siteOf(site), siteOf(at)];
  if (call === undefined || callback === undefined) return;
  warn(
    'TL_CONTEXT_LOST',
    `Context lost: the callback at ${callback.file}:${callback.line} ran without the context of the call to ` +
      `${call.name || 'a function'} at ${call.file}:${call.line}, because the called code is not instrumented. ` +
      `Instrument it ("include"), describe it ("spawnPoints"), or pass wrap(callback).`,
  );
}
