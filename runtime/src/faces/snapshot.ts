import { copyFunctionShape } from '../callbacks/spawn.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

/** A captured context. `snapshot`, `getSpawnCallback` and `contextOf` return one. */
export interface Snapshot {
  /**
   * Calls `fn(...args)` in the captured context and returns its result. Each run starts from that context: it
   * does not see what an earlier run has set.
   */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R;
}

/**
 * Captures the current context. The slots' `spawn` callbacks are called at every run.
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
 * Captures the context for work that is started here and runs later: the paper's `GetSpawnCallback`. Use it in
 * hand-written schedulers: call it where the work is queued, and call `run` where the work runs. The plugin
 * does this at every spawn point that it knows.
 *
 * Unlike `snapshot`, it calls the slots' `spawn` callbacks at once, for the first run.
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

/**
 * Returns a function that calls `fn` in the current context, with the receiver and arguments of the call. It has
 * the name and length of `fn`.
 *
 * @example
 * library.onDone(wrap(() => log('done')));
 */
export function wrap<F extends (...args: never[]) => unknown>(fn: F): F {
  const frame = currentFrame();
  function wrapped(this: unknown, ...args: never[]): unknown {
    return runIn(branch(frame), fn as never, this, args);
  }
  return copyFunctionShape(wrapped as unknown as F, fn);
}
