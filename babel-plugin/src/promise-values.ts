import type { types as t } from '@babel/core';

/** Expressions that never give an object, or give one that is certainly no promise. */
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
  // What `await` gives has been unwrapped to the end.
  'AwaitExpression',
]);

/** Whether a returned expression can be a promise or a thenable, as far as its text tells. */
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
