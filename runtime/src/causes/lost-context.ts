import { currentFrame, isEmpty, OUTSIDE, warn } from '../kernel/index.js';
import { observed } from './observer.js';
import { siteOf } from './sites.js';

/**
 * Sites of calls that pass a callback to uninstrumented code: where slots are set, and where none is. What a program's
 * start registers has nothing to lose: routes, handlers of a queue.
 */
const inStrand = new Set<number>();
const outside = new Set<number>();
/** Packages that were warned about, and sites of calls whose package is not known. */
const said = new Set<string | number>();

/** Stands for the callback in `f(noteHandoff(site, callback))`: notes whether the call has a context. */
export function noteHandoff<F>(site: number, callback: F): F {
  (isEmpty(currentFrame()) ? outside : inStrand).add(site);
  return callback;
}

/**
 * Warns once for each package when a callback runs without the context of the call that it was passed to. Stands at
 * the head of such a callback. If the call was also made without a context, the two cases cannot be told
 * apart, and it does not warn.
 */
export function checkContext(site: number, at: number): void {
  observed.by?.woke?.(at);
  if (currentFrame() !== OUTSIDE || !inStrand.has(site) || outside.has(site)) return;
  const [call, callback] = [siteOf(site), siteOf(at)];
  if (call === undefined || callback === undefined) return;
  const [name, module] = call.name.split(' ').reverse();
  const called = module === undefined ? name || 'a function' : `${module}.${name}`;
  const owner = module && packageOf(module);
  if (said.has(owner ?? site)) return;
  said.add(owner ?? site);
  const [who, include] = owner
    ? [`the package "${owner}"`, `"include": ["${owner}"]`]
    : ['the called code', '"include"'];
  warn(
    'TL_CONTEXT_LOST',
    `Context lost: the callback at ${callback.file}:${callback.line} ran without the context of the call to ` +
      `${called} at ${call.file}:${call.line}, because ${who} is not instrumented. ` +
      `Instrument it (${include}), describe the call ("spawnPoints"), or pass wrap(callback).`,
  );
}

/** Returns the package of a module: `lodash` of `lodash/debounce`. */
function packageOf(module: string): string {
  return module.split('/', module.startsWith('@') ? 2 : 1).join('/');
}
