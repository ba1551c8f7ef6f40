import type { Frame } from './frame.js';
import { OUTSIDE } from './frame.js';

/**
 * The part of a strand that its promise carries: the frame it ended with, and the endings it adopted
 * (`return promise`, `resolve(promise)`, the parts of a combinator).
 */
export interface Ending {
  readonly frame: Frame;
  readonly adopted: Ending | readonly Ending[] | undefined;
}

/**
 * One line of execution. Only this file assigns its fields; all other code calls the transitions below.
 *
 * There are four kinds, of one class and without methods, so that hot functions see one shape:
 *
 *   kind         made by            outer while it is open             closed by
 *   activation   activate           running: the frame to go back to   suspend, end (reopened by resume)
 *   settlement   openSettlement     NOT_SETTLED                        settle, settleBy, closeSettlement
 *   reaction     openReaction       the frame it will start from       startReaction
 *   ended        endedStrand        -                                  -
 *
 * A closed strand has no `outer`, and `frame` is the frame it ended with; for a suspended activation, the
 * frame it resumes in.
 */
class StrandRecord implements Ending {
  /** The ending of the promise that an activation waits for; joined when it resumes. */
  awaiting: Ending | undefined = undefined;
  adopted: Ending | readonly Ending[] | undefined = undefined;

  constructor(
    public frame: Frame,
    public outer: Frame | undefined,
  ) {}
}

/** A strand as all other files see it. */
export type Strand = Readonly<StrandRecord>;

/** The `outer` of a settlement until the promise is settled. */
const NOT_SETTLED = OUTSIDE;

/** Returns true while an activation runs, until a promise is settled, or until a reaction starts. */
export function isOpen(strand: Strand): boolean {
  return strand.outer !== undefined;
}

// Activations of async functions, generators and modules.

/** Starts an activation that runs in `frame`; `outer` is current again when it suspends or ends. */
export function activate(frame: Frame, outer: Frame): Strand {
  return new StrandRecord(frame, outer);
}

/** Closes a running activation that leaves in `frame`. Returns the frame to go back to. */
export function leave(strand: StrandRecord, frame: Frame): Frame {
  // An assignment of an older object costs a write barrier, so only a new frame is stored.
  if (strand.frame !== frame) strand.frame = frame;
  const { outer } = strand;
  strand.outer = undefined;
  // Without an outer frame it resumed from a suspension that the runtime did not see (`await using`).
  return outer === undefined ? OUTSIDE : outer;
}

/** Opens a suspended activation again. */
export function reenter(strand: StrandRecord, outer: Frame): void {
  strand.outer = outer;
}

/** Notes the ending that the activation waits for. */
export function waitFor(strand: StrandRecord, ending: Ending | undefined): void {
  strand.awaiting = ending;
}

/** Returns the ending that the activation waited for, and clears it. */
export function takeAwaited(strand: StrandRecord): Ending | undefined {
  const ending = strand.awaiting;
  strand.awaiting = undefined;
  return ending;
}

// Promises that other code settles: `new Promise`, combinators, thenables, `once(emitter)`.

/** Returns the strand of a promise that is not settled yet; with `parts`, the strand of a combinator. */
export function openSettlement(parts?: readonly Ending[]): Strand {
  const strand = new StrandRecord(OUTSIDE, NOT_SETTLED);
  strand.adopted = parts;
  return strand;
}

/** Notes the frame in which the promise is settled. Returns false if it was settled before. */
export function settle(strand: StrandRecord, frame: Frame): boolean {
  if (strand.outer === undefined) return false;
  strand.outer = undefined;
  strand.frame = frame;
  return true;
}

/** Notes which part settles a combinator, unless it is settled already. */
export function settleBy(strand: StrandRecord, part: Ending | undefined): void {
  if (strand.outer !== undefined) strand.adopted = part;
}

/** Closes a combinator: parts that settle later no longer count. */
export function closeSettlement(strand: StrandRecord): void {
  strand.outer = undefined;
}

// Reactions to promises, and strands that end at once.

/**
 * Returns the strand of a reaction that will start in `start`. Until it starts, it has adopted the ending of the
 * promise it reacts to: a `catch` on a fulfilled promise never runs and passes that ending through.
 */
export function openReaction(start: Frame, promise: Ending | undefined): Strand {
  const strand = new StrandRecord(OUTSIDE, start);
  strand.adopted = promise;
  return strand;
}

/** Starts a reaction. A second call, after the reaction has run once, changes nothing. */
export function startReaction(strand: StrandRecord): void {
  strand.adopted = undefined;
  strand.outer = undefined;
}

/** Notes the frame in which a reaction ended. */
export function endReaction(strand: StrandRecord, frame: Frame): void {
  strand.frame = frame;
}

/** Returns a strand that has ended in `frame`, and that may have adopted another promise's ending. */
export function endedStrand(frame: Frame, adopted?: Ending): Strand {
  const strand = new StrandRecord(frame, undefined);
  strand.adopted = adopted;
  return strand;
}

/** Notes the frame of an ended strand when it becomes known only later (`events.on`). */
export function endIn(strand: StrandRecord, frame: Frame): void {
  strand.frame = frame;
}

// Endings that a strand adopts.

/** Notes the ending that a strand adopts. A promise resolved with itself rejects, so it adopts nothing. */
export function adoptEnding(strand: StrandRecord, ending: Ending | undefined): void {
  strand.adopted = ending === strand ? undefined : ending;
}

/** Replaces the adopted endings with the frames found by a walk over them, once all have settled. */
export function replaceAdopted(strand: StrandRecord, frames: readonly Ending[]): void {
  strand.adopted = frames;
}
