import type { Frame } from './frame.js';
import { shared } from './realm.js';
import type { Strand } from './strand.js';

/** What is known of generators between their steps. */
export const stepped = shared('stepped', {
  /**
   * The strand of the generator that was entered last. `takeStep` clears it before the call, and so learns
   * which generator's body the call has run.
   */
  latest: undefined as Strand | undefined,
  /** The strand of each async generator that instrumented code has stepped. */
  strands: new WeakMap<object, Strand>(),
  /** Frames of callers whose steps the generator has not begun yet. */
  asked: new WeakMap<Strand, Frame[]>(),
  /** Async generators that are suspended at a `yield`, and whose body sees the caller of the next step. */
  yielded: new WeakSet<Strand>(),
});
