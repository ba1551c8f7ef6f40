import type { types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';

/** Rewrites a timer that is passed as a value: `schedule(setTimeout)` to `schedule(asValue(setTimeout, "0"))`. */
export function rewriteValue(
  node: BabelTypes.Expression,
  rule: string,
  output: Output,
): BabelTypes.Expression {
  return output.call('asValue', node, output.t.stringLiteral(rule));
}

/** Rewrites the other side of a comparison with a timer: `f === setTimeout` to `unwrapValue(f) === setTimeout`. */
export function rewriteCompared(
  node: BabelTypes.Expression,
  output: Output,
): BabelTypes.Expression {
  return output.call('unwrapValue', node);
}
