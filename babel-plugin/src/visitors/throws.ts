import type { Visitor } from '@babel/core';
import { rewriteThrow } from '../rewrite/throws.js';
import type { FileState } from '../state.js';

/** Records the chain of spawn points on thrown errors, in builds with causes. */
export const throws: Visitor<FileState> = {
  ThrowStatement: {
    exit(path, state) {
      rewriteThrow(path.node, state.output);
      state.changes.touch(path);
    },
  },
};
