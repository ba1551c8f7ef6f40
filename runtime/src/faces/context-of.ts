import { frameOfPromise } from '../kernel/index.js';
import { snapshotOf } from './snapshot.js';
import type { Snapshot } from './snapshot.js';

/**
 * Returns the context in which a promise was settled. For the promise of an `unhandledRejection`, that is the
 * context of the code that failed. Returns undefined for a promise that uninstrumented code made, and for any
 * other value.
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
