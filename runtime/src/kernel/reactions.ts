import { adopt } from './activation.js';
import { joinAdopted } from './endings.js';
import { enterNow, goBack } from './current.js';
import { here } from './here.js';
import { endReaction, startReaction } from './strand.js';
import type { Strand } from './strand.js';

/**
 * Runs one reaction to a promise: calls `callback(value)` in `strand`. The strand starts in its `outer` frame,
 * joined with the ending of that promise. An object that the callback returns goes to the platform through
 * `handOn`, which notes whose ending the strand adopts.
 */
export function react(
  strand: Strand,
  callback: (value: unknown) => unknown,
  value: unknown,
  handOn = adopt,
): unknown {
  const { outer: start, adopted } = strand;
  // The `then` of a subclass may call a reaction twice; the second time it has already started.
  const outer = enterNow(start === undefined ? strand.frame : joinAdopted(start, adopted));
  startReaction(strand);
  try {
    const result = callback(value);
    return typeof result === 'object' || typeof result === 'function'
      ? handOn(strand, result)
      : result;
  } finally {
    endReaction(strand, here.frame);
    goBack(outer, here.frame);
  }
}
