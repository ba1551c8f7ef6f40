import { frameOfPromise } from '../kernel/index.js';
import { snapshotOf } from './snapshot.js';
import type { Snapshot } from './snapshot.js';

/**
 * Returns the context that the code which settled a promise ended with: for the promise of an
 * `unhandledRejection`, of the code that failed. Undefined for a promise that uninstrumented code made.
 *
 * @example
 * process.on('unhandledRejection', (reason, promise) => {
 *   contextOf(promise)?.run(() => report(reason, getLocal(user)));
 * });
 */
export function contextOf(promise: unknown): Snapshot | undefined {
  const frame = frameOfPromise(promise);
  return frame && snapshotOf(frame);
}
