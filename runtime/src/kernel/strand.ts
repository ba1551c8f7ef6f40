import type { Frame } from './frame.js';

/**
 * What a promise says about the strand that settled it: the frame it ended with, and the promises
 * it took over (`return promise`, `resolve(promise)`, the parts of a combinator).
 */
export interface Ending {
  readonly frame: Frame;
  readonly adopted: Ending | readonly Ending[] | undefined;
}

/**
 * One line of execution: an activation of an async function, a reaction to a promise, or whoever
 * settles a promise made by `new Promise`.
 *
 *            started      suspended     resumed       ended
 *   frame    -            its own       -             its last
 *   outer    to go back   undefined     to go back    undefined
 *
 * One class for all of them, and no method: the hot functions of this folder then see one shape.
 */
export class Strand implements Ending {
  /** What the awaited promise will have ended with; taken in on resumption. */
  awaiting: Ending | undefined = undefined;
  adopted: Ending | readonly Ending[] | undefined = undefined;

  constructor(
    /** Its own frame, valid while it is suspended and after it ended. */
    public frame: Frame,
    /** While it runs: the frame that was current before, to go back to. */
    public outer: Frame | undefined,
  ) {}
}
