import { callIn } from './callbacks.js';
import { OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { rejecter, settler } from './settler.js';
import { Strand } from './strand.js';
import type { Ending } from './strand.js';

/** Hides the content from the platform, which would look up its `then` a second time. */
export class Box {
  constructor(readonly content: unknown) {}
}

type Then = (resolve: unknown, reject: unknown) => unknown;

/** True for an object that has a `then` and is no promise of this realm as the engine made it. */
export function isForeign(value: unknown): value is object {
  if (typeof value !== 'object' ? typeof value !== 'function' : value === null) return false;
  try {
    if (Object.getPrototypeOf(value) === Promise.prototype) return false;
    return 'then' in (value as object);
  } catch {
    // A proxy that refuses to be asked: the engine is the one to say so.
    return false;
  }
}

/** What the platform is given for a thenable, and what the thenable's strand will have ended with. */
export interface Carried {
  readonly handedOn: unknown;
  /** Absent when the value turned out to be no thenable. */
  readonly ending?: Ending;
}

/**
 * Makes a thenable's `then` run in `frame`, and notes who calls back.
 *
 * The platform looks `then` up at once and calls it from a microtask of its own, where no strand
 * is running. What it is given has a `then` that enters the frame first, so the number of look-ups
 * and of ticks stays as the language gives them (ECMAScript 27.2.2.2).
 */
export function carried(value: object, frame: Frame): Carried {
  if (!hasCallableThen(value)) return { handedOn: value };
  const ending = new Strand(OUTSIDE, OUTSIDE);
  const handedOn = {
    get then() {
      return inFrame(value, (value as { then: Then }).then, frame, ending);
    },
  };
  return { handedOn, ending };
}

/**
 * The same for `await`, which may look `then` up here: a `then` that turns out not to be callable
 * costs its one look-up, and the value comes back in a box.
 */
export function carriedToAwait(value: object, frame: Frame): Carried {
  let then: unknown;
  try {
    then = (value as { then: unknown }).then;
  } catch (error) {
    return { handedOn: Promise.reject(error) };
  }
  if (typeof then !== 'function') return { handedOn: new Box(value) };
  const ending = new Strand(OUTSIDE, OUTSIDE);
  return { handedOn: { then: inFrame(value, then as Then, frame, ending) }, ending };
}

function inFrame(receiver: object, then: Then, frame: Frame, ending: Strand): Then {
  return (resolve, reject) =>
    callIn(frame, then as never, receiver, [settler(ending, resolve), rejecter(ending, reject)]);
}

/** Asks without running a getter: one that answers differently the second time stays untouched. */
function hasCallableThen(value: object): boolean {
  for (
    let at: object | null = value;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const property = Object.getOwnPropertyDescriptor(at, 'then');
    if (property !== undefined) return typeof property.value === 'function';
  }
  return false;
}
