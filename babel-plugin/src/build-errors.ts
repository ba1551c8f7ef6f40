import type { NodePath, types as t } from '@babel/core';
import { list, PluginError } from './errors.js';

// Errors that show the user's code. What others import of errors.ts needs no types of Babel's.

/** Points at the source line, as Babel's own errors do. */
export function unknownDirective(
  program: NodePath,
  comment: t.Comment,
  directive: string,
  known: readonly string[],
): Error {
  const { code, message } = new PluginError(
    'DIRECTIVE_UNKNOWN',
    `Unknown comment "throughline: ${directive}". After "throughline:" stands one of ${list(known)}: ` +
      `"off" before a statement, a class member or an expression leaves it alone, "off file" leaves ` +
      `the file alone, the others say where the listeners of what follows run.`,
  );
  // Babel points at a node's place; a comment has one too.
  const error = (program.hub as unknown as Hub).file.buildCodeFrameError(comment, message);
  return Object.assign(error, { code });
}

interface Hub {
  file: { buildCodeFrameError(at: { loc?: t.Comment['loc'] }, message: string): Error };
}

/** A helper that only exists once async functions have been lowered. */
export function asyncLoweredFirst(path: NodePath, helper: string): Error {
  const { code, message } = new PluginError(
    'ASYNC_LOWERED_FIRST',
    `Async functions of this file were lowered (to "${helper}") before @throughline/babel-plugin ` +
      `saw them. List it under "plugins", which run before presets, ahead of any plugin that ` +
      `transforms async functions, and not in a later pass or loader.`,
  );
  return Object.assign(path.buildCodeFrameError(message), { code });
}
