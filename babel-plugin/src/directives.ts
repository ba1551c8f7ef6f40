import type { NodePath, types as t, Visitor } from '@babel/core';
import { unknownDirective } from './build-errors.js';
import { eventPolicies } from './options.js';
import type { EventPolicy } from './options.js';
import type { FileState } from './state.js';

const DIRECTIVE = /^\s*throughline:\s*(.*?)\s*$/;
const known = ['off', 'off file', ...eventPolicies];

/** A file without such a comment has nothing to look at here. */
export const mayHaveDirectives = /throughline:/;

/**
 * Comments before a statement, a member or an expression:
 *
 *   // throughline: off            leaves it as it is written
 *   // throughline: registration   its listeners run where they were registered
 *
 * An `await` in a part that is off belongs to an instrumented function still: left alone it would
 * leave the strand half-way.
 */
export const directives: Visitor<FileState> = {
  // An object for each: Babel changes what it is given.
  Statement: { enter: enterPart },
  Expression: { enter: enterPart },
  ObjectMember: { enter: enterPart },
  Method: { enter: enterPart },
  Property: { enter: enterPart },
  Function(path, state) {
    if (state.offDepth > 0) path.skip();
  },
};

/** Where they end to hold: after the part itself has been rewritten, so the last family of all. */
export const directivesEnd: Visitor<FileState> = {
  Statement: { exit: exitPart },
  Expression: { exit: exitPart },
  ObjectMember: { exit: exitPart },
  Method: { exit: exitPart },
  Property: { exit: exitPart },
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
    throw unknownDirective(program, comment, directive, known);
  }
}

function enterPart(path: NodePath, state: FileState): void {
  const directive = directiveBefore(path.node);
  if (directive === undefined) return;
  if (directive !== 'off') state.eventPolicies.push(directive);
  else if (path.isFunction()) path.skip();
  else state.offDepth++;
}

function exitPart(path: NodePath, state: FileState): void {
  const directive = directiveBefore(path.node);
  if (directive === undefined) return;
  if (directive === 'off') state.offDepth--;
  else state.eventPolicies.pop();
}

/** The last comment before a part that speaks to us. */
function directiveBefore(node: t.Node): 'off' | EventPolicy | undefined {
  if (!node.leadingComments) return undefined;
  const found = node.leadingComments.map(directiveOf).findLast((text) => text !== undefined);
  return found === 'off file' ? undefined : (found as 'off' | EventPolicy | undefined);
}

function directiveOf({ value }: t.Comment): string | undefined {
  return DIRECTIVE.exec(value)?.[1];
}
