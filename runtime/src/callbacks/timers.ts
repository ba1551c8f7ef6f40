import { callAs, currentFrame, methodOf, shared } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

const { restarted } = shared('restarted', {
  restarted: {
    any: false,
    /** The frames in which timers were started again, by their spawned callbacks. */
    frames: new WeakMap<object, Frame>(),
  },
});

/** Returns the frame in which a spawned callback was started last; `first` if its timer was not started again. */
export function startOf(callback: object, first: Frame): Frame {
  return restarted.any ? (restarted.frames.get(callback) ?? first) : first;
}

/** The part of Node's `Timeout` that is used here. */
interface Timeout {
  readonly _destroyed?: unknown;
  readonly _onTimeout?: unknown;
}

/**
 * Stands for `receiver.refresh()`. A timer of Node that is over starts again, in the current frame, as a new one
 * does. One that is pending keeps its frame (Node, `timeout.refresh()`, as AsyncLocalStorage sees it).
 */
export function refresh(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  if (isTimeoutOfNode(receiver) && receiver._destroyed === true) {
    const { _onTimeout: callback } = receiver;
    restarted.any = true;
    if (typeof callback === 'function') restarted.frames.set(callback, currentFrame());
  }
  return callAs(receiver, methodOf(receiver, method), args);
}

let timeouts: object | null | undefined;

function isTimeoutOfNode(value: unknown): value is Timeout {
  if (typeof value !== 'object' || value === null) return false;
  if (timeouts === undefined) {
    const timer: unknown = setTimeout(() => {});
    clearTimeout(timer as number);
    timeouts = typeof timer === 'object' ? (Object.getPrototypeOf(timer) as object) : null;
  }
  return Object.getPrototypeOf(value) === timeouts;
}
