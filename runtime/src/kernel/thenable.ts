import { callIn } from './callbacks.js';
import { hasCallableThen, isForeign } from './foreign.js';
import { noteMade } from './failures.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here } from './here.js';
import { frameOfThen } from './lazy-work.js';
import { endingOf } from './promise-stamp.js';
import { adoptEnding, isOpen, openSettlement, settle } from './strand.js';
import type { Ending, Strand } from './strand.js';

/** Wraps a value to hide it from the engine, which would read its `then` a second time. */
export class Box {
  constructor(readonly content: unknown) {}
}

type Then = (resolve: unknown, reject: unknown) => unknown;
type Settle = (value: unknown) => unknown;

/** A value to hand to the engine, and the ending of the promise that the engine makes from it. */
export interface ForEngine {
  readonly value: unknown;
  /** Absent if the value is not a thenable. */
  readonly ending?: Ending;
}

/** Returns what to hand to the engine for `value`: a thenable is wrapped so that its `then` runs in `frame`. */
export function prepareForEngine(value: unknown, frame: Frame): ForEngine {
  const ending = endingOf(value);
  if (ending !== undefined) return { value, ending };
  return isForeign(value) ? wrapThenable(value, frame) : { value };
}

/**
 * Wraps a thenable so that its `then` runs in `frame`, and notes the frame that settles it.
 *
 * The engine reads `then` at once and calls it from a microtask of its own, where no strand is running.
 * The wrapper has a `then` that enters the frame first, so `then` is read as often, and takes as many ticks,
 * as the language specifies (ECMAScript 27.2.2.2).
 */
export function wrapThenable(thenable: object, frame: Frame): ForEngine {
  if (!hasCallableThen(thenable)) return { value: thenable };
  const ending = openSettlement();
  const value = {
    get then() {
      return thenIn(thenable, (thenable as { then: Then }).then, frame, ending);
    },
  };
  return { value, ending };
}

/**
 * Wraps a thenable for `await`. At an `await`, `then` may be read here, once. If it is not callable, the value
 * is boxed, so that the engine does not read it again.
 */
export function wrapAwaited(thenable: object, frame: Frame): ForEngine {
  let then: unknown;
  try {
    then = (thenable as { then: unknown }).then;
  } catch (error) {
    return { value: Promise.reject(error) };
  }
  if (typeof then !== 'function') return { value: new Box(thenable) };
  const ending = openSettlement();
  return { value: { then: thenIn(thenable, then as Then, frame, ending) }, ending };
}

function thenIn(receiver: object, then: Then, frame: Frame, ending: Strand): Then {
  frame = frameOfThen(frame);
  return (resolve, reject) =>
    callIn(frame, then as never, receiver, [resolver(ending, resolve), rejecter(ending, reject)]);
}

/**
 * Returns a rejecting function that notes the frame of the first caller. The reason is passed on unchanged, and
 * its ending is not adopted, even if it is a promise.
 */
export function rejecter(
  strand: Strand,
  reject: unknown,
  /** The frame in which the promise is made. */
  made?: Frame,
): (reason?: unknown) => void {
  return (reason) => {
    const { frame } = here;
    if (settle(strand, frame) && frame === OUTSIDE && made) noteMade(strand, made);
    (reject as Settle)(reason);
  };
}

/** Returns a resolving function that notes the frame of the first caller and adopts the ending of its value. */
export function resolver(strand: Strand, resolve: unknown): (value?: unknown) => void {
  // One parameter and no name, like the engine's own resolving functions.
  return (value) => {
    if (!isOpen(strand)) {
      (resolve as Settle)(value);
      return;
    }
    const frame = here.frame;
    const ending = endingOf(value);
    settle(strand, frame);
    if (ending === undefined && frame !== OUTSIDE && isForeign(value)) {
      const foreign = wrapThenable(value, frame);
      adoptEnding(strand, foreign.ending);
      (resolve as Settle)(foreign.value);
      return;
    }
    adoptEnding(strand, ending);
    (resolve as Settle)(value);
  };
}
