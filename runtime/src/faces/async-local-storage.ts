/// <reference lib="esnext.disposable" preserve="true" />
import { AsyncResource } from './async-resource.js';
import { currentFrame, enterSlot, runWith, Token } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';

export { AsyncResource } from './async-resource.js';
export type { AsyncResourceOptions } from './async-resource.js';

const NOT_SET: unique symbol = Symbol('not set');

/** Options of `new AsyncLocalStorage(options)`. All are optional. */
export interface AsyncLocalStorageOptions<T> {
  /** The value that `getStore` returns where no store is set. Default: undefined. */
  defaultValue?: T;
  /** The value of `storage.name`, for debugging. Default: the empty string. */
  name?: string | undefined;
}

/**
 * A replacement for Node's `AsyncLocalStorage` that works in instrumented code on every engine. Behaves as
 * documented for Node 24 and later: https://nodejs.org/api/async_context.html
 *
 * Throws a `TypeError` with code `ERR_INVALID_ARG_TYPE` if `options` is not an object.
 *
 * @example
 * const requests = new AsyncLocalStorage<Request>();
 * requests.run(request, () => handle());
 */
export class AsyncLocalStorage<T> {
  #slot = new Token<unknown>(NOT_SET, {});
  readonly #defaultValue: T | undefined;
  readonly #name: string;

  constructor(options: AsyncLocalStorageOptions<T> = {}) {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw invalidArgument('options', 'object', options);
    }
    this.#defaultValue = options.defaultValue;
    this.#name = options.name === undefined ? '' : `${options.name}`;
  }

  /** The name from the options. */
  get name(): string {
    return this.#name;
  }

  /** Returns a function that calls `fn` with the current stores of all instances. */
  static bind<F extends (...args: never[]) => unknown>(fn: F): F {
    return AsyncResource.bind(fn) as unknown as F;
  }

  /** Captures the current stores of all instances. Returns a function that calls `fn(...args)` with them. */
  static snapshot(): <R, A extends unknown[]>(fn: (...args: A) => R, ...args: A) => R {
    return AsyncLocalStorage.bind((fn: AnyFunction, ...args: never[]) => fn(...args)) as never;
  }

  /** Removes the store everywhere, also in running calls, until `run` or `enterWith` sets one again. */
  disable(): void {
    this.#slot = new Token<unknown>(NOT_SET, {});
  }

  /** Returns the current store, or the default value. */
  getStore(): T | undefined {
    const store = currentFrame().get(this.#slot);
    return store === NOT_SET ? this.#defaultValue : (store as T);
  }

  /**
   * Sets the store from here on, for this code and everything it starts. Before the first `await` of an async
   * function, the store is set for the caller too; after it, it is not.
   */
  enterWith(store: T): void {
    enterSlot(this.#slot, store);
  }

  /** Calls `fn(...args)` and returns its result. The store is set during the call and in everything it starts. */
  run<R, A extends unknown[]>(store: T, fn: (...args: A) => R, ...args: A): R {
    if (Object.is(this.getStore(), store)) return Reflect.apply(fn, null, args) as R;
    return runWith(this.#slot, store, fn as unknown as AnyFunction, null, args) as R;
  }

  /** Calls `fn(...args)` without a store and returns its result. */
  exit<R, A extends unknown[]>(fn: (...args: A) => R, ...args: A): R {
    return this.run(undefined as T, fn, ...args);
  }

  /** Sets the store until the returned scope is disposed: `using scope = storage.withScope(store)`. */
  withScope(store: T): StoreScope {
    const before = this.getStore();
    this.enterWith(store);
    return new StoreScope(() => this.enterWith(before as T));
  }
}

/** The symbol that `using` looks up. Older engines have neither the symbol nor `using`. */
const dispose: typeof Symbol.dispose =
  (Symbol as { dispose?: typeof Symbol.dispose }).dispose ??
  (Symbol.for('Symbol.dispose') as never);

/** The scope that `withScope` returns. Disposing it restores the store from before; a second time does nothing. */
export class StoreScope {
  #goBack: (() => void) | undefined;

  constructor(goBack: () => void) {
    this.#goBack = goBack;
  }

  /** Restores the store from before `withScope`. */
  dispose(): void {
    this.#goBack?.();
    this.#goBack = undefined;
  }

  [dispose](): void {
    this.dispose();
  }
}

function invalidArgument(name: string, type: string, value: unknown): TypeError {
  const message = `The "${name}" argument must be of type ${type}. Received ${String(value)}`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}
