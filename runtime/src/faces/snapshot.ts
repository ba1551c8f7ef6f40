import { alike } from '../callbacks/spawn.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

/** A context that was kept. `snapshot`, `getSpawnCallback` and `contextOf` return one. */
export interface Snapshot {
  /**
   * Calls `fn(...args)` in the context that was kept, and returns what it returns. Each run starts from that
   * context anew: it does not see what an earlier run has set.
   */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R;
}

/**
 * Keeps the current context. Its slots are branched at every run.
 *
 * @example
 * const context = snapshot();
 * pool.onIdle = () => context.run(report, 'idle');
 */
export function snapshot(): Snapshot {
  return snapshotOf(currentFrame());
}

/** Returns a snapshot of a frame. */
export function snapshotOf(frame: Frame): Snapshot {
  return { run: (fn, ...args) => runIn(branch(frame), fn as never, undefined, args) as never };
}

/**
 * Keeps the context that work spawned here has to start from: the paper's `GetSpawnCallback`. Call it where
 * the work is handed over, and `run` where it runs. For schedulers written by hand; the plugin does it
 * for the spawn points that it knows.
 *
 * Unlike with `snapshot`, the slots' `spawn` callbacks run here and now, for the first run.
 *
 * @example
 * const context = getSpawnCallback();
 * queue.push(() => context.run(work));
 */
export function getSpawnCallback(): Snapshot {
  const parent = currentFrame();
  let first: Frame | undefined = branch(parent);
  return {
    run(fn, ...args) {
      const frame = first ?? branch(parent);
      first = undefined;
      return runIn(frame, fn as never, undefined, args) as never;
    },
  };
}

/** Returns a function that calls `fn` in the context of this call, with the receiver and arguments it gets. */
export function wrap<F extends (...args: never[]) => unknown>(fn: F): F {
  const frame = currentFrame();
  function wrapped(this: unknown, ...args: never[]): unknown {
    return runIn(branch(frame), fn as never, this, args);
  }
  return alike(wrapped as unknown as F, fn);
}
