import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context, ContextManager } from '@opentelemetry/api';
import { isEmitter } from '../listeners/emitters.js';
import { currentFrame, runIn, runWith, Token } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { listenerFrame } from '../listeners/listener-frame.js';

/**
 * A context manager for `@opentelemetry/api` that works on every engine, needs no zone.js and patches nothing.
 * Spans get the right parents across `await`, promises, timers and listeners of instrumented code.
 *
 * @example
 * import { context } from '@opentelemetry/api';
 * context.setGlobalContextManager(new ThroughlineContextManager().enable());
 */
export class ThroughlineContextManager implements ContextManager {
  private slot = new Token<Context>(ROOT_CONTEXT, {});
  private enabled = false;
  private readonly bound = new WeakSet<object>();
  /** The program's listeners, by the wrappers that emitters hold. */
  private readonly kepts = new WeakMap<AnyFunction, AnyFunction>();

  /** Returns the active context; `ROOT_CONTEXT` where none was set. */
  active(): Context {
    return currentFrame().get(this.slot);
  }

  /**
   * Calls `fn(...args)` with `context` active and returns its result. The context is also active in everything
   * that the call starts. While the manager is disabled, only calls `fn`.
   */
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (!this.enabled) return Reflect.apply(fn, thisArg, args) as ReturnType<F>;
    const callback = fn as unknown as AnyFunction;
    return runWith(this.slot, context, callback, thisArg, args) as ReturnType<F>;
  }

  /**
   * Binds a function to a context and returns the bound function. Of an event emitter, binds all listeners that
   * are added from now on, and returns the emitter. Returns any other target unchanged.
   */
  bind<T>(context: Context, target: T): T {
    if (isEmitter(target)) return this.bindEmitter(context, target) as T;
    if (typeof target === 'function')
      return this.bindFunction(context, target as unknown as AnyFunction) as T;
    return target;
  }

  /** Enables the manager. A new manager is disabled. */
  enable(): this {
    this.enabled = true;
    return this;
  }

  /** Disables the manager. From now on the root context is active everywhere, also in running calls. */
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
    return withLength(bound, fn);
  }

  /** Replaces the emitter's methods for adding listeners, once. Patching this one object is what `bind` asks for. */
  private bindEmitter<E extends object>(context: Context, emitter: E): E {
    if (this.bound.has(emitter)) return emitter;
    this.bound.add(emitter);
    const methods = emitter as Record<string, unknown>;
    for (const name of adders) {
      const original = methods[name];
      if (typeof original !== 'function') continue;
      const keep = (listener: unknown): unknown => this.keptFor(context, listener as Listener);
      methods[name] = function (this: unknown, event: unknown, listener: unknown): unknown {
        const kept = typeof listener === 'function' ? keep(listener) : listener;
        return Reflect.apply(original, this, [event, kept]);
      };
    }
    return emitter;
  }

  /** Returns the wrapper to add for a listener. Emitters show and remove it by its `listener` property. */
  private keptFor(context: Context, listener: Listener): Listener {
    const ours = listener.listener && this.kepts.get(listener.listener);
    if (ours !== undefined) {
      // The emitter's own `once` calls `on` with a wrapper around one of our wrappers.
      listener.listener = ours;
      return listener;
    }
    const registered = currentFrame();
    const run = (receiver: unknown, args: unknown[]): unknown => {
      const frame = listenerFrame(registered, receiver);
      return runIn(this.enabled ? frame.with(this.slot, context) : frame, listener, receiver, args);
    };
    const kept: Listener = function (this: unknown, ...args: never[]): unknown {
      return run(this, args);
    };
    // A listener that instrumented code adds is already a wrapper around the program's.
    kept.listener = listener.listener ?? listener;
    this.kepts.set(kept, kept.listener);
    return withLength(kept, listener);
  }
}

/** A listener, or a wrapper around `listener`: emitters treat it as that one. */
type Listener = AnyFunction & { listener?: AnyFunction };

const adders = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'];

function withLength<F extends object>(standIn: F, { length }: AnyFunction): F {
  return Object.defineProperty(standIn, 'length', { value: length, configurable: true });
}
