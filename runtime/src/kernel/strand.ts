import type { Frame } from './frame.js';
import { OUTSIDE } from './frame.js';

/**
 * What a promise says about the strand that settles it: the frame it ended with, and the endings it
 * took over (`return promise`, `resolve(promise)`, the parts of a combinator).
 */
export interface Ending {
  readonly frame: Frame;
  readonly adopted: Ending | readonly Ending[] | undefined;
}

/**
 * One line of execution. Only this file assigns its fields; everybody else calls the transitions below.
 *
 * There are four kinds, of one class and without methods, so that hot functions see one shape:
 *
 *   kind         made by            outer while it is open             closed by
 *   activation   activate           running: the frame to go back to   suspend, end (reopened by resume)
 *   settlement   openSettlement     NOT_SETTLED                        settle, settleBy, closeSettlement
 *   reaction     openReaction       the frame it will start from       startReaction
 *   ended        endedStrand        -                                  -
 *
 * A strand that is closed has no `outer`, and `frame` is what it ended with: of an activation that is
 * suspended, where it goes on.
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

/** A strand as everybody else sees it. */
export type Strand = Readonly<StrandRecord>;

/** The `outer` of a promise's strand before anybody has settled the promise. */
const NOT_SETTLED = OUTSIDE;

/** Returns true while an activation runs, a promise is not settled, or a reaction has not started. */
export function isOpen(strand: Strand): boolean {
  return strand.outer !== undefined;
}

// Activations of async functions, generators and modules.

/** Starts an activation that runs in `frame`; `outer` is current again when it suspends or ends. */
export function activate(frame: Frame, outer: Frame): Strand {
  return new StrandRecord(frame, outer);
}

/** Closes a running activation with the frame it leaves in. Returns the frame to go back to. */
export function leave(strand: StrandRecord, frame: Frame): Frame {
  // An assignment of an older object costs a write barrier, so only a new frame is stored.
  if (strand.frame !== frame) strand.frame = frame;
  const { outer } = strand;
  strand.outer = undefined;
  // Nothing to go back to: it returned from a suspension that nothing observed (`await using`).
  return outer === undefined ? OUTSIDE : outer;
}

/** Opens a suspended activation again. Returns the frame in which it goes on. */
export function reenter(strand: StrandRecord, outer: Frame): Frame {
  strand.outer = outer;
  return strand.frame;
}

/** Notes what the activation waits for. */
export function waitFor(strand: StrandRecord, ending: Ending | undefined): void {
  strand.awaiting = ending;
}

/** Returns what the activation waited for, and forgets it. */
export function takeAwaited(strand: StrandRecord): Ending | undefined {
  const ending = strand.awaiting;
  strand.awaiting = undefined;
  return ending;
}

// Promises that somebody settles: `new Promise`, combinators, thenables, `once(emitter)`.

/** Returns the strand of a promise that is not settled; with `parts`, of a combinator. */
export function openSettlement(parts?: readonly Ending[]): Strand {
  const strand = new StrandRecord(OUTSIDE, NOT_SETTLED);
  strand.adopted = parts;
  return strand;
}

/** Notes the frame of the first to settle the promise. Returns false to everybody who comes later. */
export function settle(strand: StrandRecord, frame: Frame): boolean {
  if (strand.outer === undefined) return false;
  strand.outer = undefined;
  strand.frame = frame;
  return true;
}

/** Notes that one part settles a combinator, unless it is settled. */
export function settleBy(strand: StrandRecord, part: Ending | undefined): void {
  if (strand.outer !== undefined) strand.adopted = part;
}

/** Closes a combinator: from now on no other part counts. */
export function closeSettlement(strand: StrandRecord): void {
  strand.outer = undefined;
}

// Reactions to promises, and strands that are over at once.

/**
 * Returns the strand of a reaction that will start in `start`. Until it does, it stands for the promise that
 * it reacts to: a `catch` on a promise that is fulfilled passes it through.
 */
export function openReaction(start: Frame, promise: Ending | undefined): Strand {
  const strand = new StrandRecord(OUTSIDE, start);
  strand.adopted = promise;
  return strand;
}

/** Starts a reaction; `frame` is joined with what the promise ended with. Called a second time, goes on. */
export function startReaction(strand: StrandRecord): void {
  strand.adopted = undefined;
  strand.outer = undefined;
}

/** Notes the frame in which a reaction ended. */
export function endReaction(strand: StrandRecord, frame: Frame): void {
  strand.frame = frame;
}

/** Returns a strand that is over, and that took over another promise's ending. */
export function endedStrand(frame: Frame, adopted?: Ending): Strand {
  const strand = new StrandRecord(frame, undefined);
  strand.adopted = adopted;
  return strand;
}

/** Notes the frame of an ended strand that becomes known late (`events.on`). */
export function endIn(strand: StrandRecord, frame: Frame): void {
  strand.frame = frame;
}

// Endings that a strand takes over.

/** Notes whose ending a strand takes over. A promise that is resolved with itself rejects: nothing. */
export function adoptEnding(strand: StrandRecord, ending: Ending | undefined): void {
  strand.adopted = ending === strand ? undefined : ending;
}

/** Replaces a walk over adopted endings by its result: all of them have settled. */
export function replaceAdopted(strand: StrandRecord, frames: readonly Ending[]): void {
  strand.adopted = frames;
}
