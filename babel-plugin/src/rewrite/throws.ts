import type { types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';

/** `throw error` becomes `throw thrown(error)`: it is thrown at the user's own place. */
export function rewriteThrow(node: BabelTypes.ThrowStatement, state: FileState): void {
  node.argument = state.call('thrown', node.argument);
}
