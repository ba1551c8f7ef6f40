/// <reference lib="esnext.disposable" preserve="true" />
import { AsyncResource } from './async-resource.js';
import { currentFrame, enterSlot, runWith, Token } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';

export { AsyncResource } from './async-resource.js';
export type { AsyncResourceOptions } from './async-resource.js';

const NOT_SET: unique symbol = Symbol('not set');

export interface AsyncLocalStorageOptions<T> {
  /** What `getStore` gives where no store was set. */
  defaultValue?: T;
  name?: string | undefined;
}

/**
 * Passes for Node's `AsyncLocalStorage`, on every engine, in compiled code. Behaves as the documentation of
 * Node 24 and later has it: https://nodejs.org/api/async_context.html
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

  get name(): string {
    return this.#name;
  }

  /** A function that runs `fn` with every store as it is here. */
  static bind<F extends (...args: never[]) => unknown>(fn: F): F {
    return AsyncResource.bind(fn) as unknown as F;
  }

  /** Keeps every store as it is here; what it returns calls functions with them. */
  static snapshot(): <R, A extends unknown[]>(fn: (...args: A) => R, ...args: A) => R {
    return AsyncLocalStorage.bind((fn: AnyFunction, ...args: never[]) => fn(...args)) as never;
  }

  /** Every call that is under way loses its store, until `run` or `enterWith` sets one anew. */
  disable(): void {
    this.#slot = new Token<unknown>(NOT_SET, {});
  }

  getStore(): T | undefined {
    const store = currentFrame().get(this.#slot);
    return store === NOT_SET ? this.#defaultValue : (store as T);
  }

  /**
   * Sets the store from here on. Before the first `await` of an async function that reaches its caller
   * too; after it, it does not.
   */
  enterWith(store: T): void {
    enterSlot(this.#slot, store);
  }

  /** Calls `fn(...args)` with the store, which holds in all that the call starts. */
  run<R, A extends unknown[]>(store: T, fn: (...args: A) => R, ...args: A): R {
    if (Object.is(this.getStore(), store)) return Reflect.apply(fn, null, args) as R;
    return runWith(this.#slot, store, fn as unknown as AnyFunction, null, args) as R;
  }

  /** Calls `fn(...args)` without a store. */
  exit<R, A extends unknown[]>(fn: (...args: A) => R, ...args: A): R {
    return this.run(undefined as T, fn, ...args);
  }

  /** Sets the store until the scope is disposed of: `using scope = storage.withScope(store)`. */
  withScope(store: T): StoreScope {
    const before = this.getStore();
    this.enterWith(store);
    return new StoreScope(() => this.enterWith(before as T));
  }
}

/** What `using` asks for; older engines have no such symbol, and no `using` either. */
const dispose: typeof Symbol.dispose =
  (Symbol as { dispose?: typeof Symbol.dispose }).dispose ??
  (Symbol.for('Symbol.dispose') as never);

/** What `withScope` returns. */
export class StoreScope {
  #goBack: (() => void) | undefined;

  constructor(goBack: () => void) {
    this.#goBack = goBack;
  }

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
