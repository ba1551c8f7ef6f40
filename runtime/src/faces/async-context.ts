import { branch, currentFrame, runIn, runWith, Token } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';

// Follows the TC39 proposal exactly: https://tc39.es/proposal-async-context/

const NOT_SET: unique symbol = Symbol('not set');

/** Options of `new AsyncContext.Variable(options)`. All are optional. */
export interface VariableOptions<T> {
  /** The value of `variable.name`, for debugging. Default: the empty string. */
  name?: string;
  /** The value that `get` returns outside of every `run`. Default: undefined. */
  defaultValue?: T;
  /** Makes an `AsyncContext.Variable` of the engine instead, if the engine has `AsyncContext`. Default: false. */
  native?: boolean;
}

type Callback<A extends unknown[], R> = (...args: A) => R;

interface NativeSnapshot {
  run<A extends unknown[], R>(fn: Callback<A, R>, ...args: A): R;
}
interface NativeAsyncContext {
  readonly Variable: new (options: object) => object;
  readonly Snapshot: new () => NativeSnapshot;
}
const engine = (globalThis as { AsyncContext?: NativeAsyncContext }).AsyncContext;

/**
 * A variable whose value follows causality: through calls, `await`, promises, timers and listeners of
 * instrumented code.
 *
 * @example
 * const user = new AsyncContext.Variable({ name: 'user' });
 * user.run('ada', () => setTimeout(() => console.log(user.get()))); // prints "ada"
 */
export class Variable<T> {
  readonly #slot = new Token<unknown>(NOT_SET, {});
  readonly #name: string = '';
  readonly #defaultValue: T | undefined;

  constructor(options?: VariableOptions<T>) {
    if (!isObject(options)) return;
    // `native` is read only if the engine has `AsyncContext`, so that a getter sees what the proposal specifies.
    if (engine && options.native) return new engine.Variable(options) as Variable<T>;
    if ('name' in options) this.#name = `${options.name as string}`;
    this.#defaultValue = options.defaultValue;
  }

  /** The name from the options. */
  get name(): string {
    return this.#name;
  }

  /** Returns the value of the innermost `run` that led here, or the default value. */
  get(): T | undefined {
    const value = currentFrame().get(this.#slot);
    return value === NOT_SET ? this.#defaultValue : (value as T);
  }

  /**
   * Calls `fn(...args)` and returns its result. The variable has `value` during the call and in everything that
   * the call starts, and nowhere else.
   */
  run<A extends unknown[], R>(value: T, fn: Callback<A, R>, ...args: A): R {
    return runWith(this.#slot, value, fn as unknown as AnyFunction, undefined, args) as R;
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncContext.Variable';
  }
}

/** Captures the values of all variables at the time of construction. */
export class Snapshot {
  readonly #frame: Frame = currentFrame();
  readonly #native = engine && new engine.Snapshot();

  /** Calls `fn(...args)` with the captured values and returns its result. */
  run<A extends unknown[], R>(fn: Callback<A, R>, ...args: A): R {
    return this.#run(fn as unknown as AnyFunction, undefined, args) as R;
  }

  #run(fn: AnyFunction, receiver: unknown, args: unknown[]): unknown {
    const frame = branch(this.#frame);
    if (this.#native === undefined) return runIn(frame, fn, receiver, args);
    return this.#native.run(() => runIn(frame, fn, receiver, args));
  }

  /**
   * Returns a function that calls `fn` with the current values of all variables, and with the receiver and
   * arguments of the call. Throws a `TypeError` if `fn` is not a function.
   */
  static wrap<F extends (this: never, ...args: never[]) => unknown>(fn: F): F {
    if (typeof fn !== 'function') throw new TypeError(`A ${typeof fn} is not a function`);
    const kept = new Snapshot();
    // A method, since built-in functions cannot be constructed.
    const { wrapped } = {
      wrapped(this: unknown, ...args: never[]): unknown {
        return kept.#run(fn as unknown as AnyFunction, this, args);
      },
    };
    return copyNameAndLength(wrapped, fn) as unknown as F;
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncContext.Snapshot';
  }
}

/** Implements CopyNameAndLength of the ShadowRealm proposal, which the AsyncContext proposal uses. */
function copyNameAndLength<F extends object>(wrapped: F, fn: object): F {
  const given = Object.hasOwn(fn, 'length') ? (fn as { length: unknown }).length : 0;
  const { name } = fn as { name: unknown };
  const length = typeof given === 'number' ? Math.max(Math.trunc(given) || 0, 0) : 0;
  return Object.defineProperties(wrapped, {
    length: { value: length, configurable: true },
    name: { value: `wrapped ${typeof name === 'string' ? name : ''}`, configurable: true },
  });
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

// A class can only declare `Symbol.toStringTag` as a getter; in the proposal it is a read-only data property.
for (const face of [Variable, Snapshot]) {
  const value = face.prototype[Symbol.toStringTag];
  Object.defineProperty(face.prototype, Symbol.toStringTag, {
    ...{ value, writable: false, enumerable: false, configurable: true },
  });
}

/** The namespace object of the proposal: `new AsyncContext.Variable()`, `new AsyncContext.Snapshot()`. */
export const AsyncContext: {
  readonly Variable: typeof Variable;
  readonly Snapshot: typeof Snapshot;
} = Object.create(Object.prototype, {
  Variable: { value: Variable, writable: true, enumerable: false, configurable: true },
  Snapshot: { value: Snapshot, writable: true, enumerable: false, configurable: true },
  [Symbol.toStringTag]: { value: 'AsyncContext', configurable: true },
}) as { Variable: typeof Variable; Snapshot: typeof Snapshot };

// eslint-disable-next-line @typescript-eslint/no-namespace -- so that type names match those of the proposal
export declare namespace AsyncContext {
  type Variable<T> = InstanceType<typeof Variable<T>>;
  type Snapshot = InstanceType<typeof Snapshot>;
}
