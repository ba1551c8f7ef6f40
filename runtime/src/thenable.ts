import { runIn } from './current.js';
import type { Frame } from './frame.js';

/** Hides the content from the platform, which would look up its `then` a second time. */
export class Box {
  constructor(readonly content: unknown) {}
}

type Then = (resolve: unknown, reject: unknown) => unknown;

/** True for an object that has a `then` and is no promise of this realm as the engine made it. */
export function isForeign(value: unknown): value is object {
  if (typeof value !== 'object' ? typeof value !== 'function' : value === null) return false;
  if (Object.getPrototypeOf(value) === Promise.prototype) return false;
  return 'then' in (value as object);
}

/**
 * Makes a thenable's `then` run in `frame`.
 *
 * The platform looks `then` up at once and calls it from a microtask of its own, where no strand
 * is running. What comes back has a `then` that enters the frame first, so the number of look-ups
 * and of ticks stays as the language gives them (ECMAScript 27.2.2.2).
 *
 * With `box`, a `then` that turns out not to be callable costs its one look-up here, and the value
 * comes back in a box. Without it, such a value goes back as it is.
 */
export function carried(value: object, frame: Frame, options: { box?: true } = {}): unknown {
  if (options.box) {
    let then: unknown;
    try {
      then = (value as { then: unknown }).then;
    } catch (error) {
      return Promise.reject(error);
    }
    if (typeof then !== 'function') return new Box(value);
    return { then: inFrame(value, then as Then, frame) };
  }
  if (!hasCallableThen(value)) return value;
  return {
    get then() {
      return inFrame(value, (value as { then: Then }).then, frame);
    },
  };
}

function inFrame(receiver: object, then: Then, frame: Frame): Then {
  return (resolve, reject) => runIn(frame, then as never, receiver, [resolve, reject]);
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
