import type { types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';

/** Rewrites `throw error` to `throw thrown(error)`. The `throw` itself stays at its position. */
export function rewriteThrow(node: BabelTypes.ThrowStatement, state: FileState): void {
  node.argument = state.call('thrown', node.argument);
}
