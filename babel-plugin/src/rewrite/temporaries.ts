import type { types as BabelTypes } from '@babel/core';
import type { AnyFunction } from '../nodes.js';
import type { Output } from './output.js';

/**
 * Declares, at the start of a function's body, the variables that the rewritten code needs. Returns the `return`
 * that an arrow's expression became for that.
 */
export function declareTemporaries(
  node: AnyFunction,
  output: Output,
): BabelTypes.ReturnStatement | undefined {
  const { t } = output;
  const { body } = node;
  const declared = output.declared(output.temporariesOf(node));
  if (body.type === 'BlockStatement') {
    body.body.unshift(declared);
    return undefined;
  }
  const result = { ...t.returnStatement(body), loc: body.loc ?? null };
  node.body = t.blockStatement([declared, result]);
  return result;
}
