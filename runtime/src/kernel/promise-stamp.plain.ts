import type { Ending } from './strand.js';

/**
 * What `promise-stamp.ts` does, for engines without private fields (Hermes): lowered, those become a
 * WeakMap, which costs several times the whole await. The build for such engines has this file in place
 * of that one.
 */
const ENDING = Symbol.for('throughline.ending');

interface Stamped {
  [ENDING]?: Ending;
}

/** Stamps a promise. One that is frozen stays without, and joins nothing. */
export function stamp<P extends object>(promise: P, ending: Ending): P {
  stampNew(promise, ending);
  return promise;
}

/** Stamps a promise that was made just now. */
export function stampNew(promise: object, ending: Ending): void {
  if (Object.isExtensible(promise)) (promise as Stamped)[ENDING] = ending;
}

/** What the promise's strand ends with, or undefined for other values and foreign promises. */
export function endingOf(value: unknown): Ending | undefined {
  return typeof value === 'object' && value !== null ? (value as Stamped)[ENDING] : undefined;
}
