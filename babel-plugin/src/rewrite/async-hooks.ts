import type { types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';

type Named = BabelTypes.ImportSpecifier | BabelTypes.ExportSpecifier;
type Declaration = BabelTypes.ImportDeclaration | BabelTypes.ExportNamedDeclaration;

/**
 * Splits a declaration that imports or exports names of two modules: the given specifiers stay, and the rest comes from
 * `module`. Returns the new declaration.
 */
export function splitDeclaration(
  node: Declaration,
  kept: readonly Named[],
  module: string,
  { t }: Output,
): Declaration {
  const moved = (node.specifiers as Named[]).filter((one) => !kept.includes(one));
  const source = t.stringLiteral(module);
  node.specifiers = [...kept] as never;
  return node.type === 'ImportDeclaration'
    ? t.importDeclaration(moved as BabelTypes.ImportSpecifier[], source)
    : t.exportNamedDeclaration(null, moved as BabelTypes.ExportSpecifier[], source);
}

/** Returns `{ ...require(node), ...require(ours) }`: Node's module, with our classes in place of its own. */
export function mergedRequire(
  call: BabelTypes.CallExpression,
  ours: string,
  { t }: Output,
): BabelTypes.ObjectExpression {
  const other = t.callExpression(t.cloneNode(call.callee), [t.stringLiteral(ours)]);
  return t.objectExpression([t.spreadElement(call), t.spreadElement(other)]);
}
