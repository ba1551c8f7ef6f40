import { joinEnding } from './endings.js';
import { branch, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { here, returnTo } from './here.js';
import { endingOf, stampNew } from './promise-stamp.js';
import { Strand } from './strand.js';
import type { Ending } from './strand.js';
import { Box, carried, carriedToAwait, isForeign } from './thenable.js';
import type { Carried } from './thenable.js';

/**
 * Starts the strand of one activation of an async function with awaits.
 *
 *   function f(x) { return run(async (strand) => { ... }); }
 *
 * The synchronous part runs in a branch of the caller's frame; then the caller's frame is current
 * again, and the promise carries the strand.
 */
export function run<P extends Promise<unknown>>(
  body: (strand: Strand, ...args: never[]) => P,
  args?: ArrayLike<unknown>,
): P {
  const outer = here.frame;
  const frame = branch(outer);
  const strand = new Strand(frame, outer);
  here.frame = frame;
  try {
    const promise =
      args === undefined ? body(strand) : body(strand, ...(args as unknown as never[]));
    stampNew(promise, strand);
    if (strand.outer !== undefined) {
      // A parameter's default threw before the body could end the strand.
      strand.frame = here.frame;
      strand.outer = undefined;
    }
    return promise;
  } finally {
    here.frame = returnTo(outer, strand.frame);
  }
}

/** Leaves the strand at an `await`, and hands on what it waits for: `await suspend(strand, v)`. */
export function suspend(strand: Strand, value: unknown): unknown {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    const ending = endingOf(value);
    if (ending === undefined) {
      if (isForeign(value)) value = awaitable(strand, value);
    } else if (ending !== here.frame) {
      // A promise that ended where this strand stands has nothing to add. Not storing it keeps the
      // old strand from pointing at a young object, which costs a write barrier an await.
      strand.awaiting = ending;
    }
  }
  if (strand.frame !== here.frame) strand.frame = here.frame;
  const { outer } = strand;
  // Nothing to go back to: it came back from a suspension that nobody saw (`await using`).
  here.frame = outer === undefined ? OUTSIDE : outer;
  strand.outer = undefined;
  return value;
}

/** Enters the strand again after an `await`, and takes in what it waited for. */
export function resume<T>(strand: Strand, value: T): T {
  strand.outer = here.frame;
  here.frame = strand.frame;
  return strand.awaiting === undefined ? value : (takeIn(strand, value) as T);
}

/** Enters the strand if it is suspended: at the head of `catch` and `finally`, after `for await`. */
export function back(strand: Strand): void {
  if (strand.outer === undefined) resume(strand, undefined);
}

/** Ends the strand: what it ended with is what its promise carries from now on. */
export function end(strand: Strand): void {
  back(strand);
  strand.frame = here.frame;
  here.frame = strand.outer!;
  strand.outer = undefined;
}

/** `return value` in an async function: the strand's promise also ends with what `value` does. */
export function adopt(strand: Strand, value: unknown): unknown {
  strand.adopted = adoptedBy(strand, value);
  if (strand.adopted !== undefined || !isForeign(value)) return value;
  const { handedOn, ending } = carried(value, here.frame);
  strand.adopted = ending;
  return handedOn;
}

/** What a strand takes over with a promise. One that is resolved with itself rejects: nothing. */
export function adoptedBy(strand: Strand, value: unknown): Ending | undefined {
  const ending = endingOf(value);
  return ending === strand ? undefined : ending;
}

/** What the platform is given for a value that it takes over, and what that will have ended with. */
export function takenOver(value: unknown, frame: Frame): Carried {
  const ending = endingOf(value);
  if (ending !== undefined) return { handedOn: value, ending };
  return isForeign(value) ? carried(value, frame) : { handedOn: value };
}

/** The slow half of `resume`: joins what was awaited, or opens the box it came in. */
function takeIn(strand: Strand, value: unknown): unknown {
  here.frame = settled(strand, here.frame);
  return value instanceof Box ? value.content : value;
}

/** A frame, joined with what the strand has waited for. */
export function settled(strand: Strand, frame: Frame): Frame {
  const ending = strand.awaiting;
  strand.awaiting = undefined;
  return ending === undefined ? frame : joinEnding(frame, ending);
}

/** What `await` is given for a value that is no native promise: its `then` runs in this frame. */
function awaitable(strand: Strand, value: object): unknown {
  const { handedOn, ending } = carriedToAwait(value, here.frame);
  // A box is opened on resumption, which looks only when something is awaited.
  strand.awaiting = ending ?? OUTSIDE;
  return handedOn;
}
