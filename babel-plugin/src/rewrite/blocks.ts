import type { types as BabelTypes } from '@babel/core';
import type { Types } from '../nodes.js';

/**
 * Returns a function's body as a block, for use inside a `try`.
 *
 * Function declarations move together with the `let` and `const` that they use. At the top level of a function
 * `var f` and `function f` may share a name, but not in a block. There the function becomes an assignment at the
 * start of the block, where hoisting would have put it. With `eval`, which may declare any `var`, all functions
 * become assignments.
 */
export function asBlock(
  statements: readonly BabelTypes.Statement[],
  hasEval: boolean,
  t: Types,
): BabelTypes.BlockStatement {
  const functions = statements.filter((statement) => statement.type === 'FunctionDeclaration');
  if (functions.length === 0) return t.blockStatement([...statements]);

  const taken = new Set(varNames(statements));
  const seen = new Set<string>();
  for (const { id } of functions) {
    if (seen.has(id!.name)) taken.add(id!.name);
    seen.add(id!.name);
  }
  const clashes = (statement: BabelTypes.Statement): boolean =>
    statement.type === 'FunctionDeclaration' && (hasEval || taken.has(statement.id!.name));

  const assigned = statements.filter(clashes).map((statement) => {
    const declared = statement as BabelTypes.FunctionDeclaration;
    const { params, body, generator, async } = declared;
    const fn = t.functionExpression(null, params, body, generator, async);
    return t.variableDeclaration('var', [t.variableDeclarator(declared.id!, fn)]);
  });
  return t.blockStatement([...assigned, ...statements.filter((statement) => !clashes(statement))]);
}

/** Returns all names that `var` declares in a function's body, at any depth but not in inner functions. */
export function varNames(nodes: readonly (BabelTypes.Node | null | undefined)[]): string[] {
  return nodes.flatMap((node) => (node ? varNamesIn(node) : []));
}

function varNamesIn(node: BabelTypes.Node): string[] {
  switch (node.type) {
    case 'VariableDeclaration':
      return node.kind === 'var' ? node.declarations.flatMap(({ id }) => patternNames(id)) : [];
    case 'BlockStatement':
      return varNames(node.body);
    case 'IfStatement':
      return varNames([node.consequent, node.alternate]);
    case 'ForStatement':
      return varNames([node.init, node.body]);
    case 'ForInStatement':
    case 'ForOfStatement':
      return varNames([node.left, node.body]);
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
    case 'WithStatement':
      return varNames([node.body]);
    case 'SwitchStatement':
      return node.cases.flatMap(({ consequent }) => varNames(consequent));
    case 'TryStatement':
      return varNames([node.block, node.handler?.body, node.finalizer]);
    default:
      return [];
  }
}

/** Returns the names that a pattern binds. */
export function patternNames(node: BabelTypes.Node | null | undefined): string[] {
  switch (node?.type) {
    case 'Identifier':
      return [node.name];
    case 'ObjectPattern':
      return node.properties.flatMap((property) =>
        patternNames(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return node.elements.flatMap(patternNames);
    case 'AssignmentPattern':
      return patternNames(node.left);
    case 'RestElement':
      return patternNames(node.argument);
    default:
      return [];
  }
}
