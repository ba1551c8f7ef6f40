import type { NodePath, types as t, Visitor } from '@babel/core';
import { unknownDirective } from './build-errors.js';
import { eventPolicies } from './options.js';
import type { EventPolicy } from './options.js';
import type { FileState } from './state.js';

const DIRECTIVE = /^\s*throughline:\s*(.*?)\s*$/;
const known = ['off', 'off file', ...eventPolicies];

/** Matches files that may contain directive comments. Others skip these visitors. */
export const mayHaveDirectives = /throughline:/;

/**
 * Applies directive comments before a statement, a member or an expression:
 *
 *   // throughline: off            the part is not instrumented
 *   // throughline: registration   its listeners run in the frame of their registration
 *
 * An `await` in a part that is off is rewritten all the same: it suspends the instrumented function around
 * it, whose strand would otherwise stay entered.
 */
export const directives: Visitor<FileState> = {
  // One object per key, because Babel mutates them.
  Statement: { enter: enterPart },
  Expression: { enter: enterPart },
  ObjectMember: { enter: enterPart },
  Method: { enter: enterPart },
  Property: { enter: enterPart },
  Function(path, state) {
    if (state.directives.offDepth > 0) path.skip();
  },
};

/** Ends the effect of directive comments. It runs last, after the part itself has been rewritten. */
export const directivesEnd: Visitor<FileState> = {
  Statement: { exit: exitPart },
  Expression: { exit: exitPart },
  ObjectMember: { exit: exitPart },
  Method: { exit: exitPart },
  Property: { exit: exitPart },
};

/** Returns true when a comment anywhere in the file is `// throughline: off file`. */
export function isOff(file: t.File): boolean {
  return (file.comments ?? []).some((comment) => directiveOf(comment) === 'off file');
}

/** Throws `TL_DIRECTIVE_UNKNOWN` for an unknown directive anywhere in the file. */
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
  if (directive !== 'off') state.directives.eventPolicies.push(directive);
  else if (path.isFunction()) path.skip();
  else state.directives.offDepth++;
}

function exitPart(path: NodePath, state: FileState): void {
  const directive = directiveBefore(path.node);
  if (directive === undefined) return;
  if (directive === 'off') state.directives.offDepth--;
  else state.directives.eventPolicies.pop();
}

/** Returns the last directive among the comments before a part. */
function directiveBefore(node: t.Node): 'off' | EventPolicy | undefined {
  if (!node.leadingComments) return undefined;
  const found = node.leadingComments.map(directiveOf).findLast((text) => text !== undefined);
  return found === 'off file' ? undefined : (found as 'off' | EventPolicy | undefined);
}

function directiveOf({ value }: t.Comment): string | undefined {
  return DIRECTIVE.exec(value)?.[1];
}
