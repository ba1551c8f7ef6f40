import { branch, currentFrame, runIn, runWith, Token } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';

// The TC39 proposal, to the letter: https://tc39.es/proposal-async-context/

const NOT_SET: unique symbol = Symbol('not set');

export interface VariableOptions<T> {
  /** For people who debug. */
  name?: string;
  /** What `get` gives where no `run` is on the way. Default: undefined. */
  defaultValue?: T;
  /** Hands over to the engine's own `AsyncContext.Variable`, where the engine has one. */
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

/** A value that follows causality: through calls, `await`, promises, timers and listeners. */
export class Variable<T> {
  readonly #slot = new Token<unknown>(NOT_SET, {});
  readonly #name: string = '';
  readonly #defaultValue: T | undefined;

  constructor(options?: VariableOptions<T>) {
    if (!isObject(options)) return;
    // Asked for only where there is one: whoever watches what is read of the options finds what the proposal says.
    if (engine && options.native) return new engine.Variable(options) as Variable<T>;
    if ('name' in options) this.#name = `${options.name as string}`;
    this.#defaultValue = options.defaultValue;
  }

  get name(): string {
    return this.#name;
  }

  /** Its value here: that of the innermost `run` on the way, or the default value. */
  get(): T | undefined {
    const value = currentFrame().get(this.#slot);
    return value === NOT_SET ? this.#defaultValue : (value as T);
  }

  /** Calls `fn(...args)` with the value, which holds in all that the call starts, and nowhere else. */
  run<A extends unknown[], R>(value: T, fn: Callback<A, R>, ...args: A): R {
    return runWith(this.#slot, value, fn as unknown as AnyFunction, undefined, args) as R;
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncContext.Variable';
  }
}

/** The values of all variables where it was made. */
export class Snapshot {
  readonly #frame: Frame = currentFrame();
  readonly #native = engine && new engine.Snapshot();

  /** Calls `fn(...args)` with the values that were kept. */
  run<A extends unknown[], R>(fn: Callback<A, R>, ...args: A): R {
    return this.#run(fn as unknown as AnyFunction, undefined, args) as R;
  }

  #run(fn: AnyFunction, receiver: unknown, args: unknown[]): unknown {
    const frame = branch(this.#frame);
    if (this.#native === undefined) return runIn(frame, fn, receiver, args);
    return this.#native.run(() => runIn(frame, fn, receiver, args));
  }

  /** A function that calls `fn` with the values here, with the receiver and arguments it gets. */
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

/** CopyNameAndLength of the ShadowRealm proposal, which this one refers to. */
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

// `get [Symbol.toStringTag]` is how a class says it; the proposal has a plain, read-only property.
for (const face of [Variable, Snapshot]) {
  const value = face.prototype[Symbol.toStringTag];
  Object.defineProperty(face.prototype, Symbol.toStringTag, {
    ...{ value, writable: false, enumerable: false, configurable: true },
  });
}

/** The namespace of the proposal: `new AsyncContext.Variable()`. */
export const AsyncContext: {
  readonly Variable: typeof Variable;
  readonly Snapshot: typeof Snapshot;
} = Object.create(Object.prototype, {
  Variable: { value: Variable, writable: true, enumerable: false, configurable: true },
  Snapshot: { value: Snapshot, writable: true, enumerable: false, configurable: true },
  [Symbol.toStringTag]: { value: 'AsyncContext', configurable: true },
}) as { Variable: typeof Variable; Snapshot: typeof Snapshot };

// eslint-disable-next-line @typescript-eslint/no-namespace -- so that types read as the proposal's do
export declare namespace AsyncContext {
  type Variable<T> = InstanceType<typeof Variable<T>>;
  type Snapshot = InstanceType<typeof Snapshot>;
}
