import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';

export interface AsyncResourceOptions {
  triggerAsyncId?: number;
  requireManualDestroy?: boolean;
}

let lastId = 1;

/** Passes for Node's `AsyncResource`: for pools and queues that call back in the frame of the asking. */
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

  /** Calls `fn` with every store as it was where the resource was made. */
  runInAsyncScope<This, A extends unknown[], R>(
    fn: (this: This, ...args: A) => R,
    thisArg?: This,
    ...args: A
  ): R {
    return runIn(branch(this.#frame), fn as unknown as AnyFunction, thisArg, args) as R;
  }

  /** A function that does so with what it is called with. */
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

  static bind<F extends (this: never, ...args: never[]) => unknown>(
    fn: F,
    type?: string,
    thisArg?: unknown,
  ): F {
    const name = typeof fn === 'function' ? fn.name : '';
    return new AsyncResource(type || name || 'bound-anonymous-fn').bind(fn, thisArg);
  }

  emitDestroy(): this {
    return this;
  }

  asyncId(): number {
    return this.#id;
  }

  triggerAsyncId(): number {
    return this.#triggerId;
  }
}
