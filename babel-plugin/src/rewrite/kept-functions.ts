import type { NodePath, types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';
import type { AnyFunction, Types } from '../nodes.js';

// The inner half of a function that is made once is made once, too (functions.ts).

/**
 * Returns what declares a variable for the inner half of a function that is made once: a declaration at the top of a module, or the
 * value of one. The variables of scripts are seen by other scripts.
 */
export function madeOnceAt(
  path: NodePath,
  output: Output,
): (() => BabelTypes.Identifier) | undefined {
  const { parentPath } = path;
  const declared = parentPath?.node.type === 'VariableDeclarator' ? parentPath.parentPath! : path;
  const isOnce = declared.node.type.endsWith('Declaration') && isAtTop(declared);
  if (!isOnce || output.isScript) return undefined;
  return () => output.temporary('kept', path);
}

/** Returns true for a declaration at the top of a file. Elsewhere, bundlers leave out nothing. */
export function isAtTop({ parent, parentPath }: NodePath): boolean {
  const at = parent.type.startsWith('Export') ? parentPath!.parent : parent;
  return at.type === 'Program';
}

/** Returns a function's parameters as arguments of a call. */
export function argumentsOf({ params }: AnyFunction, t: Types): BabelTypes.Identifier[] {
  return params.map((param) => t.identifier((param as BabelTypes.Identifier).name));
}

/** Returns `variable || (variable = value)`. */
export function madeOnce(
  variable: BabelTypes.Identifier,
  value: BabelTypes.Expression,
  t: Types,
): BabelTypes.Expression {
  const made = t.assignmentExpression('=', t.identifier(variable.name), value);
  return t.logicalExpression('||', t.identifier(variable.name), made);
}
