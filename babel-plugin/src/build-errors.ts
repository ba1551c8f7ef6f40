import type { NodePath, types as t } from '@babel/core';
import { list, PluginError } from './errors.js';

// Errors that show the user's code. They are apart from errors.ts so that importing that file needs no Babel types.

/** Returns the error for a directive comment with an unknown word. It shows the source line, as Babel's errors do. */
export function unknownDirective(
  program: NodePath,
  comment: t.Comment,
  directive: string,
  known: readonly string[],
): Error {
  const { code, message } = new PluginError(
    'TL_DIRECTIVE_UNKNOWN',
    `Unknown directive "throughline: ${directive}". Use one of ${list(known)}: "off" skips the next ` +
      `statement, class member or expression, "off file" skips the file, and the others choose the ` +
      `context of the listeners that follow.`,
  );
  // Babel's code frame needs only `loc`, and comments have one.
  const error = (program.hub as unknown as Hub).file.buildCodeFrameError(comment, message);
  return Object.assign(error, { code });
}

interface Hub {
  file: { buildCodeFrameError(at: { loc?: t.Comment['loc'] }, message: string): Error };
}

/** Returns the error for a file in which an earlier pass has already lowered async functions to `helper`. */
export function asyncLoweredFirst(path: NodePath, helper: string): Error {
  const { code, message } = new PluginError(
    'TL_ASYNC_LOWERED_FIRST',
    `The async functions of this file were transformed (to "${helper}") before ` +
      `@throughline/babel-plugin ran. List it under "plugins", which run before presets, ahead of ` +
      `any plugin that transforms async functions. Do not run it in a later pass or loader. For the output of tsc ` +
      `or SWC, set "target" to "es2017" or newer.`,
  );
  return Object.assign(path.buildCodeFrameError(message), { code });
}
