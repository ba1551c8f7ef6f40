import type { Ending } from './strand.js';

/**
 * The property that carries an ending in engines without private fields (Hermes). Lowered to a WeakMap,
 * private fields would cost several times the whole `await`. Builds for such engines replace
 * `promise-stamp.ts` with this file.
 */
const ENDING = Symbol.for('throughline.ending');

interface Stamped {
  [ENDING]?: Ending;
}

/** Writes an ending on a promise. A frozen promise gets none, so awaiting it joins nothing. */
export function stamp<P extends object>(promise: P, ending: Ending): P {
  stampNew(promise, ending);
  return promise;
}

/** Writes an ending on a promise that was made just now. */
export function stampNew(promise: object, ending: Ending): void {
  if (Object.isExtensible(promise)) (promise as Stamped)[ENDING] = ending;
}

/** Returns the ending that a promise carries; undefined for other values and for promises without one. */
export function endingOf(value: unknown): Ending | undefined {
  return typeof value === 'object' && value !== null ? (value as Stamped)[ENDING] : undefined;
}
