import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context, ContextManager } from '@opentelemetry/api';
import { isEmitter } from './emitters.js';
import { currentFrame, runIn, Token } from './kernel/index.js';
import type { AnyFunction } from './kernel/index.js';

/**
 * A context manager for `@opentelemetry/api` that needs no zone.js and patches nothing: spans have the
 * right parents over native `await`, promises, timers and listeners of compiled code, in Node, browsers
 * and everywhere else.
 *
 * @example
 * import { context } from '@opentelemetry/api';
 * context.setGlobalContextManager(new ThroughlineContextManager().enable());
 */
export class ThroughlineContextManager implements ContextManager {
  private slot = new Token<Context>(ROOT_CONTEXT, {});
  private enabled = false;
  private readonly bound = new WeakMap<object, Listeners>();

  active(): Context {
    return currentFrame().get(this.slot);
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (!this.enabled) return Reflect.apply(fn, thisArg, args) as ReturnType<F>;
    const frame = currentFrame().with(this.slot, context);
    return runIn(frame, fn as unknown as AnyFunction, thisArg, args) as ReturnType<F>;
  }

  /** Ties a function, or all listeners that are added to an emitter from now on, to a context. */
  bind<T>(context: Context, target: T): T {
    if (isEmitter(target)) return this.bindEmitter(context, target) as T;
    if (typeof target === 'function')
      return this.bindFunction(context, target as unknown as AnyFunction) as T;
    return target;
  }

  enable(): this {
    this.enabled = true;
    return this;
  }

  /** From now on the root context is active, in what is under way as well. */
  disable(): this {
    this.enabled = false;
    this.slot = new Token<Context>(ROOT_CONTEXT, {});
    return this;
  }

  private bindFunction(context: Context, fn: AnyFunction): AnyFunction {
    const run = (receiver: unknown, args: never[]): unknown =>
      this.with(context, fn as () => unknown, receiver as never, ...(args as []));
    const bound = function (this: unknown, ...args: never[]): unknown {
      return run(this, args);
    };
    return Object.defineProperty(bound, 'length', {
      ...{ value: fn.length, enumerable: false, configurable: true, writable: false },
    });
  }

  /** The emitter gets methods of its own, which is what `bind` asks for, and once is enough. */
  private bindEmitter<E extends object>(context: Context, emitter: E): E {
    if (this.bound.has(emitter)) return emitter;
    const listeners = new Listeners((fn) => this.bindFunction(context, fn));
    this.bound.set(emitter, listeners);
    const methods = emitter as Record<string, unknown>;
    for (const [name, step] of listeners.steps) {
      const original = methods[name];
      if (typeof original !== 'function') continue;
      methods[name] = function (this: unknown, ...args: unknown[]): unknown {
        return Reflect.apply(original, this, step(args));
      };
    }
    return emitter;
  }
}

const adders = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'];
const removers = ['off', 'removeListener'];

/** The functions that stand for the listeners of one emitter. */
class Listeners {
  private readonly standIns = new WeakMap<AnyFunction, AnyFunction>();
  private readonly made = new WeakSet<AnyFunction>();
  /** What becomes of the arguments of each method. */
  readonly steps: ReadonlyMap<string, (args: unknown[]) => unknown[]>;

  constructor(private readonly bind: (listener: AnyFunction) => AnyFunction) {
    const standInFor = (fn: AnyFunction): AnyFunction => this.standInFor(fn);
    const known = (fn: AnyFunction): AnyFunction => this.standIns.get(fn) ?? fn;
    this.steps = new Map([
      ...adders.map((name) => [name, replacing(standInFor)] as const),
      ...removers.map((name) => [name, replacing(known)] as const),
    ]);
  }

  /** One for each function, so that any of the methods finds what another one added. */
  private standInFor(fn: AnyFunction): AnyFunction {
    // An emitter's own `once` comes back through `on`, with a function that stands for one of ours.
    if (this.made.has((fn as { listener?: AnyFunction }).listener ?? fn)) return fn;
    let standIn = this.standIns.get(fn);
    if (standIn === undefined) {
      this.standIns.set(fn, (standIn = this.bind(fn)));
      this.made.add(standIn);
    }
    return standIn;
  }
}

function replacing(replace: (listener: AnyFunction) => AnyFunction) {
  return ([name, listener, ...rest]: unknown[]): unknown[] =>
    typeof listener === 'function'
      ? [name, replace(listener as AnyFunction), ...rest]
      : [name, listener, ...rest];
}
