import { callAs, methodOf } from './call.js';
import { back, pause, proceed, suspend, takeStep } from './current.js';
import { endingOf } from './promise-stamp.js';
import type { Strand } from './strand.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Source = Record<PropertyKey, unknown>;

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
    if (own.outer === undefined) proceed(own, undefined);
  });
}

/** Enters the strand for one step. */
type Enter = (strand: Strand) => void;

function walked(strand: Strand, source: unknown, enter: Enter): unknown {
  // The engine's own error names what is not iterable.
  if (source === undefined || source === null) return source;
  const from = Object(source) as Source;
  return {
    get [Symbol.asyncIterator](): unknown {
      const method = from[Symbol.asyncIterator];
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
    (method: unknown): Method =>
    (...args) => {
      enter(strand);
      return step(
        strand,
        takeStep(iterator, () => Reflect.apply(method as Method, iterator, args)),
      );
    };
  const optional = (name: string): unknown => {
    const method = iterator[name];
    return typeof method === 'function' ? take(method) : method;
  };
  const next = iterator['next'];
  return {
    next: typeof next === 'function' ? take(next) : next,
    get return(): unknown {
      const method = optional('return');
      // The engine awaits the end of a plain iterator even when there is nothing to call. Newer ones
      // also ask after a value that rejected, when the strand has left already.
      const isRunning = strand.outer !== undefined;
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
      const value = (result as Source)['value'];
      strand.awaiting = endingOf(value);
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
