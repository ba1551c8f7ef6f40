import {
  resumeIfSuspended,
  callAs,
  currentFrame,
  isOpen,
  leaveAtYield,
  methodOf,
  pause,
  prepareForEngine,
  proceed,
  suspend,
  takeStep,
  waitFor,
} from '../kernel/index.js';
import type { AnyMethod, Strand } from '../kernel/index.js';

type Source = Record<PropertyKey, unknown>;

/** `Symbol.asyncIterator`, or the key that lowered code uses where the engine lacks it (Hermes). */
const asyncIterator: typeof Symbol.asyncIterator =
  (Symbol as { asyncIterator?: typeof Symbol.asyncIterator }).asyncIterator ??
  ('@@asyncIterator' as never);

/**
 * Returns the iterable that a `for await` loop gets instead of `source`.
 *
 * Its iterator returns the same promises as the inner one, so no tick is added. Methods are read when and as
 * often as the language specifies (ECMAScript 7.4). Each step leaves the strand; the loop's body enters it again.
 */
export function steps(strand: Strand, source: unknown): unknown {
  return walked(strand, source, resumeIfSuspended);
}

/** Returns the iterable that `yield*` gets instead of `source`. Steps run in the frame of the caller of `next()`. */
export function delegateSteps(strand: Strand, source: unknown): unknown {
  return walked(strand, source, (own) => {
    if (!isOpen(own)) proceed(own, undefined);
  });
}

/** Returns the iterable for `yield*` in a plain generator that runs where it was created. Steps run in its frame. */
export function delegateStepsHere(strand: Strand, source: unknown): unknown {
  if (source === undefined || source === null) return source;
  const method = (Object(source) as Source)[Symbol.iterator];
  if (typeof method !== 'function') return source;
  return {
    [Symbol.iterator]: () =>
      walk(strand, Reflect.apply(method, source, []), leaveAtYield, resumeIfSuspended),
  };
}

/** Returns the frame in which a generator is created. */
export const creationFrame = currentFrame;

/** Returns the arguments from an index on, as a rest parameter would have them. */
export function restOf(args: ArrayLike<unknown>, start: number): unknown[] {
  return Array.prototype.slice.call(args, start);
}

/** Enters the strand for one step. */
type Enter = (strand: Strand) => void;

function walked(strand: Strand, source: unknown, enter: Enter): unknown {
  // The engine's own error says best that a value is not iterable.
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
    (method: unknown, into = enter): AnyMethod =>
    (...args) => {
      into(strand);
      return step(
        strand,
        takeStep(iterator, () => Reflect.apply(method as AnyMethod, iterator, args)),
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
      // Newer engines also close a plain iterator after a value that rejected. The strand is suspended then and
      // the program did not request that step, so it runs in the frame in which the strand was suspended.
      const isRunning = isOpen(strand);
      const method = optional('return', isRunning ? enter : resumeIfSuspended);
      // The engine awaits the end of a plain iterator even when there is nothing to call.
      if (method === undefined && step === stepOfValues && isRunning) suspend(strand, undefined);
      return method;
    },
    get throw(): unknown {
      return optional('throw');
    },
  };
}

/** Takes one step of an async iterator. The promise is passed on as it is. */
const step: Step = pause;

/** Takes one step of a plain iterator in a `for await`. The engine awaits the value in the result. */
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

/** Stands for `iterator.next(value)`, `return` and `throw`: a step that the program takes itself. */
export function stepByHand(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  method = methodOf(receiver, method);
  if (typeof receiver !== 'object' || receiver === null) return callAs(receiver, method, args);
  return takeStep(receiver, () => callAs(receiver, method, args));
}
