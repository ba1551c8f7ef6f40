import { adopt } from './activation.js';
import { joinAdopted } from './endings.js';
import { enterByEngine, enterNow, goBack } from './current.js';
import { here } from './here.js';
import { endReaction, startReaction } from './strand.js';
import type { Strand } from './strand.js';

/** A callback of a promise. */
export type Reaction = (value: unknown) => unknown;

/**
 * Runs one reaction to a promise: calls `callback(value)` in `strand`. The strand starts in its `outer` frame,
 * joined with the ending of that promise. An object that the callback returns goes to the platform through
 * `handOn`, which notes whose ending the strand adopts.
 */
export function react(
  strand: Strand,
  callback: Reaction,
  value: unknown,
  handOn: (strand: Strand, result: unknown) => unknown = adopt,
  enter = enterNow,
): unknown {
  const { outer: start, adopted } = strand;
  // The `then` of a subclass may call a reaction twice; the second time it has already started.
  const outer = enter(start === undefined ? strand.frame : joinAdopted(start, adopted));
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

const { bind } = Function.prototype;

/**
 * Returns a handler that does what `react` does, for the engine alone. Bound and no closure, since a promise that waits keeps it: it
 * is a third smaller. What is no function is returned as it is.
 */
export function reactionOf(strand: Strand, callback: unknown): unknown {
  return typeof callback === 'function' ? bind.call(reactByEngine, strand, callback) : callback;
}

function reactByEngine(this: Strand, callback: Reaction, value: unknown): unknown {
  return react(this, callback, value, adopt, enterByEngine);
}
