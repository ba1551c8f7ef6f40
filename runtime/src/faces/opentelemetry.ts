/* eslint-disable no-restricted-imports -- a face of somebody else's package, which is a peer */
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context, ContextManager } from '@opentelemetry/api';
/* eslint-enable no-restricted-imports */
import { isEmitter } from '../listeners/emitters.js';
import { currentFrame, runIn, runWith, Token } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { listenerFrame } from '../listeners/listener-frame.js';

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
  private readonly bound = new WeakSet<object>();
  /** What emitters keep for listeners, and the program's own behind it. */
  private readonly kepts = new WeakMap<AnyFunction, AnyFunction>();

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
    const callback = fn as unknown as AnyFunction;
    return runWith(this.slot, context, callback, thisArg, args) as ReturnType<F>;
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
    return withLength(bound, fn);
  }

  /** The emitter gets methods of its own, which is what `bind` asks for, and once is enough. */
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

  /** What the emitter keeps for a listener. It shows, and removes it by, what `listener` says. */
  private keptFor(context: Context, listener: Listener): Listener {
    const ours = listener.listener && this.kepts.get(listener.listener);
    if (ours !== undefined) {
      // The emitter's own `once` comes back through `on`, with a function that stands for one of ours.
      listener.listener = ours;
      return listener;
    }
    const registered = currentFrame();
    const run = (receiver: unknown, args: unknown[]): unknown => {
      const frame = listenerFrame(registered);
      return runIn(this.enabled ? frame.with(this.slot, context) : frame, listener, receiver, args);
    };
    const kept: Listener = function (this: unknown, ...args: never[]): unknown {
      return run(this, args);
    };
    // One that compiled code adds stands for the program's already.
    kept.listener = listener.listener ?? listener;
    this.kepts.set(kept, kept.listener);
    return withLength(kept, listener);
  }
}

/** A listener, or what stands for one: emitters then take `listener` for it. */
type Listener = AnyFunction & { listener?: AnyFunction };

const adders = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'];

function withLength<F extends object>(standIn: F, { length }: AnyFunction): F {
  return Object.defineProperty(standIn, 'length', { value: length, configurable: true });
}
