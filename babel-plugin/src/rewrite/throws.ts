import type { types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';

/** Rewrites `throw error` to `throw noteThrow(error)`. The `throw` itself stays at its position. */
export function rewriteThrow(node: BabelTypes.ThrowStatement, output: Output): void {
  node.argument = output.call('noteThrow', node.argument);
}
