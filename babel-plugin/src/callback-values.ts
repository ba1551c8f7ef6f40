import type { NodePath, types as t } from '@babel/core';
import { keyName } from './names.js';
import { isFunctionValue } from './nodes.js';

/** Returns true for arguments that can be evaluated before or after a property read without a visible difference. */
export function isInert(node: t.Node): boolean {
  switch (node.type) {
    case 'Identifier':
    case 'ThisExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'NullLiteral':
      return true;
    default:
      return false;
  }
}

const callbackName =
  /^(cb|callback|done|next|fn|func|listener|handler|observer|subscriber|task|job|worker|resolve|reject)$|^(on|handle)[A-Z]|(Callback|Handler|Listener|Fn|Cb)$/;

/**
 * Returns true when an argument looks like a callback: a function, a name that is bound to one, or a name
 * that is usual for callbacks. Needed for methods that are known by name only: `write(text)` and `exec(text)`
 * are frequent, and must not get slower.
 */
export function mayBeCallback(node: t.Node, scope: NodePath['scope']): boolean {
  if (isFunctionValue(node)) return true;
  switch (node.type) {
    case 'SpreadElement':
      return true;
    case 'Identifier':
      return callbackName.test(node.name) || isFunction(scope.getBinding(node.name)?.path);
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return callbackName.test(memberName(node));
    case 'CallExpression':
      return node.callee.type === 'MemberExpression' && memberName(node.callee) === 'bind';
    case 'ConditionalExpression':
      return mayBeCallback(node.consequent, scope) || mayBeCallback(node.alternate, scope);
    case 'LogicalExpression':
      return mayBeCallback(node.left, scope) || mayBeCallback(node.right, scope);
    default:
      return false;
  }
}

function memberName({ property }: t.MemberExpression | t.OptionalMemberExpression): string {
  return property.type === 'PrivateName' ? property.id.name : keyName(property);
}

function isFunction(declared: NodePath | undefined): boolean {
  if (declared === undefined) return false;
  if (declared.isFunctionDeclaration()) return true;
  if (!declared.isVariableDeclarator()) return false;
  const { init } = declared.node;
  return init ? isFunctionValue(init) : false;
}
