import { adopt } from './activation.js';
import { joinAdopted } from './endings.js';
import { enterByEngine, enterNow, goBack } from './current.js';
import { here } from './here.js';
import { endReaction, holdCallback, startReaction } from './strand.js';
import type { Reaction, Strand } from './strand.js';

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
 * Returns the handler of the only callback of a reaction, for the engine alone, which calls it at most once. The strand holds the
 * callback: a promise that waits keeps 56 bytes less than with a closure over both. What is no function is returned as it is.
 */
export function reactOnce(strand: Strand, callback: unknown): unknown {
  if (typeof callback !== 'function') return callback;
  holdCallback(strand, callback as Reaction);
  return bind.call(reactHeld, strand);
}

function reactHeld(this: Strand, value: unknown): unknown {
  return react(this, this.awaiting as Reaction, value, adopt, enterByEngine);
}
