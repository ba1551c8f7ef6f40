import {
  back,
  callAs,
  currentFrame,
  isOpen,
  leaveFor,
  methodOf,
  pause,
  prepareForEngine,
  proceed,
  suspend,
  takeStep,
  waitFor,
} from '../kernel/index.js';
import type { Strand } from '../kernel/index.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Source = Record<PropertyKey, unknown>;

/** What lowered code asks for where the engine has no such symbol (Hermes). */
const asyncIterator: typeof Symbol.asyncIterator =
  (Symbol as { asyncIterator?: typeof Symbol.asyncIterator }).asyncIterator ??
  ('@@asyncIterator' as never);

/**
 * What a `for await` loop walks over instead of `source`.
 *
 * The iterator hands on the very promises of the inner one, so no tick is added, and every method
 * is looked up when and as often as the language does (ECMAScript 7.4). Each step leaves the
 * strand; the loop's body enters it again.
 */
export function steps(strand: Strand, source: unknown): unknown {
  return walked(strand, source, back);
}

/** The same for `yield*`, whose steps are taken by whoever calls `next()`: in their frame. */
export function delegated(strand: Strand, source: unknown): unknown {
  return walked(strand, source, (own) => {
    if (!isOpen(own)) proceed(own, undefined);
  });
}

/** The same in a plain generator that runs where it was made: each step is taken in its own frame. */
export function delegatedHere(strand: Strand, source: unknown): unknown {
  if (source === undefined || source === null) return source;
  const method = (Object(source) as Source)[Symbol.iterator];
  if (typeof method !== 'function') return source;
  return {
    [Symbol.iterator]: () => walk(strand, Reflect.apply(method, source, []), leaveFor, back),
  };
}

/** What a generator's creation keeps: the frame of the call. */
export const created = currentFrame;

/** What a rest parameter would have been. */
export function restOf(args: ArrayLike<unknown>, start: number): unknown[] {
  return Array.prototype.slice.call(args, start);
}

/** Enters the strand for one step. */
type Enter = (strand: Strand) => void;

function walked(strand: Strand, source: unknown, enter: Enter): unknown {
  // The engine's own error names what is not iterable.
  if (source === undefined || source === null) return source;
  const from = Object(source) as Source;
  return {
    get [asyncIterator](): unknown {
      const method = from[asyncIterator];
      if (typeof method !== 'function') return method;
      return () => walk(strand, Reflect.apply(method, source, []), step, enter);
    },
    get [Symbol.iterator](): unknown {
      const method = from[Symbol.iterator];
      if (typeof method !== 'function') return method;
      return () => walk(strand, Reflect.apply(method, source, []), stepOfValues, enter);
    },
  };
}

type Step = (strand: Strand, result: unknown) => unknown;

function walk(strand: Strand, inner: unknown, step: Step, enter: Enter): unknown {
  if ((typeof inner !== 'object' && typeof inner !== 'function') || inner === null) return inner;
  const iterator = inner as Source;
  const take =
    (method: unknown, into = enter): Method =>
    (...args) => {
      into(strand);
      return step(
        strand,
        takeStep(iterator, () => Reflect.apply(method as Method, iterator, args)),
      );
    };
  const optional = (name: string, into = enter): unknown => {
    const method = iterator[name];
    return typeof method === 'function' ? take(method, into) : method;
  };
  const next = iterator['next'];
  return {
    next: typeof next === 'function' ? take(next) : next,
    get return(): unknown {
      // Newer engines also close a plain iterator after a value that rejected, when the strand has
      // left already: nobody asked for that step, so it runs where the strand stood.
      const isRunning = isOpen(strand);
      const method = optional('return', isRunning ? enter : back);
      // The engine awaits the end of a plain iterator even when there is nothing to call.
      if (method === undefined && step === stepOfValues && isRunning) suspend(strand, undefined);
      return method;
    },
    get throw(): unknown {
      return optional('throw');
    },
  };
}

/** One step of an async iterator: the promise goes on as it is. */
const step: Step = pause;

/** One step of a plain iterator in a `for await`: the engine awaits the value inside it. */
const stepOfValues: Step = (strand, result) => {
  suspend(strand, undefined);
  if (typeof result !== 'object' || result === null) return result;
  return {
    get done() {
      return (result as Source)['done'];
    },
    get value() {
      const { value, ending } = prepareForEngine((result as Source)['value'], strand.frame);
      waitFor(strand, ending);
      return value;
    },
  };
};

/** `iterator.next(value)`, `return`, `throw`: a step taken by hand. */
export function stepByHand(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  method = methodOf(receiver, method);
  if (typeof receiver !== 'object' || receiver === null) return callAs(receiver, method, args);
  return takeStep(receiver, () => callAs(receiver, method, args));
}
