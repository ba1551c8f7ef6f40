import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';

/** Options of `new AsyncResource(type, options)`, as in Node. */
export interface AsyncResourceOptions {
  /** The id that `triggerAsyncId()` returns. Default: 1. */
  triggerAsyncId?: number;
  /** Ignored, because resources are not tracked. */
  requireManualDestroy?: boolean;
}

let lastId = 1;

/**
 * A replacement for Node's `AsyncResource`, for pools and queues: captures the context when it is made, so that
 * callbacks can run in the context of the code that requested the work.
 *
 * The constructor throws a `TypeError` (`ERR_INVALID_ARG_TYPE`) if `type` is not a string, and a `RangeError`
 * (`ERR_INVALID_ASYNC_ID`) if the trigger id is not a safe integer of at least -1.
 */
export class AsyncResource {
  readonly #frame: Frame = currentFrame();
  readonly #id = ++lastId;
  readonly #triggerId: number;

  constructor(type: string, options: AsyncResourceOptions | number = {}) {
    if (typeof type !== 'string') {
      const message = `The "type" argument must be of type string. Received ${String(type)}`;
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const trigger = typeof options === 'number' ? options : (options.triggerAsyncId ?? 1);
    if (!Number.isSafeInteger(trigger) || trigger < -1) {
      const message = `Invalid triggerAsyncId value: ${String(trigger)}`;
      throw Object.assign(new RangeError(message), { code: 'ERR_INVALID_ASYNC_ID' });
    }
    this.#triggerId = trigger;
  }

  /** Calls `fn(...args)` in the context where the resource was made, and returns its result. */
  runInAsyncScope<This, A extends unknown[], R>(
    fn: (this: This, ...args: A) => R,
    thisArg?: This,
    ...args: A
  ): R {
    return runIn(branch(this.#frame), fn as unknown as AnyFunction, thisArg, args) as R;
  }

  /**
   * Returns a function that calls `fn` in the context where the resource was made. `thisArg` replaces the
   * receiver of the call if it is passed. Throws a `TypeError` (`ERR_INVALID_ARG_TYPE`) if `fn` is not a function.
   */
  bind<F extends (this: never, ...args: never[]) => unknown>(fn: F, thisArg?: unknown): F {
    if (typeof fn !== 'function') {
      const message = `The "fn" argument must be of type function. Received ${String(fn)}`;
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const run = (receiver: unknown, args: unknown[]): unknown =>
      this.runInAsyncScope(fn as unknown as (...args: unknown[]) => unknown, receiver, ...args);
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return run(thisArg === undefined ? this : thisArg, args);
    };
    return Object.defineProperty(bound, 'length', {
      ...{ value: fn.length, configurable: true },
    }) as unknown as F;
  }

  /** Returns a function that calls `fn` in the current context. Throws as the method `bind` does. */
  static bind<F extends (this: never, ...args: never[]) => unknown>(
    fn: F,
    type?: string,
    thisArg?: unknown,
  ): F {
    const name = typeof fn === 'function' ? fn.name : '';
    return new AsyncResource(type || name || 'bound-anonymous-fn').bind(fn, thisArg);
  }

  /** Does nothing, because resources are not tracked. Returns the resource. */
  emitDestroy(): this {
    return this;
  }

  /** Returns the id of this resource. Ids start at 2 and are not those of `node:async_hooks`. */
  asyncId(): number {
    return this.#id;
  }

  /** Returns the trigger id that was passed to the constructor; 1 by default. */
  triggerAsyncId(): number {
    return this.#triggerId;
  }
}
