import { frameOfPromise } from './kernel/index.js';
import { snapshotOf } from './spawn.js';
import type { Snapshot } from './spawn.js';

/**
 * What the strand behind a promise ended with, as a snapshot: of the strand that rejected, for the
 * promise of an `unhandledRejection`. Undefined for a promise that compiled code did not make.
 *
 * @example
 * process.on('unhandledRejection', (reason, promise) => {
 *   contextOf(promise)?.(() => report(reason, getLocal(user)));
 * });
 */
export function contextOf(promise: unknown): Snapshot | undefined {
  const frame = frameOfPromise(promise);
  return frame && snapshotOf(frame);
}
