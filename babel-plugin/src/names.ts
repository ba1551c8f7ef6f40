import type { NodePath, types as t } from '@babel/core';
import { typeWrappers } from './nodes.js';
import type { AnyFunction } from './nodes.js';

/**
 * Returns the name that an anonymous function gets from its position (ECMAScript 8.4, NamedEvaluation), as far
 * as the code shows it; an empty string when it gets none.
 */
export function givenName(path: NodePath): string {
  let child: NodePath = path;
  let parent = path.parentPath!;
  while (typeWrappers.has(parent.node.type)) [child, parent] = [parent, parent.parentPath!];
  const { node } = parent;

  switch (node.type) {
    case 'VariableDeclarator':
      return node.init === child.node ? identifierName(node.id) : '';
    case 'AssignmentExpression':
      return ['=', '&&=', '||=', '??='].includes(node.operator) && node.right === child.node
        ? identifierName(node.left)
        : '';
    case 'AssignmentPattern':
      return node.right === child.node ? identifierName(node.left) : '';
    case 'ObjectProperty':
      // `__proto__: value` sets the prototype and names nothing.
      if (node.value !== child.node || node.computed) return '';
      return keyName(node.key) === '__proto__' ? '' : keyName(node.key);
    case 'ClassProperty':
    case 'ClassAccessorProperty':
      if (node.value !== child.node) return '';
      return node.computed && !isLiteralKey(node.key) ? '' : keyName(node.key);
    case 'ClassPrivateProperty':
      return node.value === child.node ? `#${node.key.id.name}` : '';
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return '';
  }
}

/** Returns true for a computed key that the code shows: `["load"]`. */
function isLiteralKey({ type }: t.Node): boolean {
  return type === 'StringLiteral' || type === 'NumericLiteral';
}

/** Returns the name that a function has at run time; an empty string when it has none or it is unknown. */
export function functionName(path: NodePath<AnyFunction>): string {
  const { node } = path;
  switch (node.type) {
    case 'FunctionDeclaration':
      return node.id?.name ?? 'default';
    case 'FunctionExpression':
      return node.id?.name ?? givenName(path);
    case 'ArrowFunctionExpression':
      return givenName(path);
    case 'ClassPrivateMethod':
      return `#${node.key.id.name}`;
    default:
      return node.computed ? '' : keyName(node.key);
  }
}

/**
 * Returns the name that a function has in stack traces. V8 prefixes a method's name with the class of its
 * receiver. The rewritten body is an arrow and has no receiver, so the class that contains the method is used.
 */
export function tracedName(path: NodePath<AnyFunction>): string {
  const name = functionName(path);
  if (!/^[\w$]+$/.test(name)) return name;
  if (path.isObjectMethod()) return `Object.${name}`;
  if (!path.isClassMethod()) return name;
  const owner = path.parentPath.parentPath!;
  const className = (owner.node as t.Class).id?.name ?? givenName(owner);
  return className === '' ? name : `${className}.${name}`;
}

/** Returns a member's key as a string; an empty string when it is not a literal or an identifier. */
export function keyName(key: t.Node): string {
  switch (key.type) {
    case 'Identifier':
      return key.name;
    case 'StringLiteral':
      return key.value;
    case 'NumericLiteral':
      return String(key.value);
    case 'BigIntLiteral':
      return String(BigInt(key.value));
    default:
      return '';
  }
}

/** Returns the name of an assignment target; a target in parentheses names nothing. */
function identifierName(node: t.Node): string {
  return node.type === 'Identifier' && !node.extra?.['parenthesized'] ? node.name : '';
}
