import type { Visitor } from '@babel/core';
import { rewriteThrow } from '../rewrite/throws.js';
import type { FileState } from '../state.js';

/** In builds with causes, an error knows which spawn points led to where it was thrown. */
export const throws: Visitor<FileState> = {
  ThrowStatement: {
    exit(path, state) {
      rewriteThrow(path.node, state);
      state.touch(path);
    },
  },
};
