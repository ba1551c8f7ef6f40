import type { NodePath, types as t, Visitor } from '@babel/core';
import { unknownDirective } from './errors.js';
import type { FileState } from './state.js';

const DIRECTIVE = /^\s*throughline:\s*(.*?)\s*$/;
const known = ['off', 'off file'];

/**
 * `// throughline: off` before a statement or a member leaves it as it is written. An `await` in it
 * that belongs to an instrumented function is still one of that function's: left alone it would
 * leave the strand half-way.
 */
export const directives: Visitor<FileState> = {
  Statement: { enter: enterPart, exit: exitPart },
  ObjectMember: { enter: enterPart, exit: exitPart },
  Method: { enter: enterPart, exit: exitPart },
  Property: { enter: enterPart, exit: exitPart },
  Function(path, state) {
    if (state.offDepth > 0) path.skip();
  },
};

/** `// throughline: off file` anywhere among the file's comments leaves all of it as it is. */
export function isOff(file: t.File): boolean {
  return (file.comments ?? []).some((comment) => directiveOf(comment) === 'off file');
}

/** Refuses a comment that is misspelt, wherever it stands. */
export function checkDirectives(program: NodePath<t.Program>, file: t.File): void {
  for (const comment of file.comments ?? []) {
    const directive = directiveOf(comment);
    if (directive === undefined || known.includes(directive)) continue;
    throw unknownDirective(program, comment, directive);
  }
}

function enterPart(path: NodePath, state: FileState): void {
  if (!isMarkedOff(path.node)) return;
  if (path.isFunction()) path.skip();
  else state.offDepth++;
}

function exitPart(path: NodePath, state: FileState): void {
  if (isMarkedOff(path.node)) state.offDepth--;
}

function isMarkedOff(node: t.Node): boolean {
  return (node.leadingComments ?? []).some((comment) => directiveOf(comment) === 'off');
}

function directiveOf({ value }: t.Comment): string | undefined {
  return DIRECTIVE.exec(value)?.[1];
}
