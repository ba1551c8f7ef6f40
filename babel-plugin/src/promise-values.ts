import type { types as t } from '@babel/core';

/** Expressions whose value is never a promise or a thenable. */
const never = new Set<t.Node['type']>([
  'StringLiteral',
  'NumericLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'BigIntLiteral',
  'RegExpLiteral',
  'TemplateLiteral',
  'UnaryExpression',
  'UpdateExpression',
  'BinaryExpression',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ArrayExpression',
  'JSXElement',
  'JSXFragment',
  // The value of an `await` is never a thenable: it has been unwrapped completely.
  'AwaitExpression',
]);

/** Returns false when the code alone shows that an expression is neither a promise nor a thenable. */
export function mayBePromise(node: t.Node): boolean {
  if (never.has(node.type)) return false;
  switch (node.type) {
    case 'Identifier':
      return node.name !== 'undefined';
    case 'ConditionalExpression':
      return mayBePromise(node.consequent) || mayBePromise(node.alternate);
    case 'LogicalExpression':
      return mayBePromise(node.left) || mayBePromise(node.right);
    case 'SequenceExpression':
      return mayBePromise(node.expressions[node.expressions.length - 1]!);
    case 'AssignmentExpression':
      return mayBePromise(node.right);
    case 'ObjectExpression':
      return node.properties.some(mayDefineThen);
    default:
      return true;
  }
}

function mayDefineThen(property: t.ObjectExpression['properties'][number]): boolean {
  if (property.type === 'SpreadElement' || property.computed) return true;
  const { key } = property;
  if (key.type === 'Identifier') return key.name === 'then' || key.name === '__proto__';
  return key.type === 'StringLiteral' && (key.value === 'then' || key.value === '__proto__');
}
