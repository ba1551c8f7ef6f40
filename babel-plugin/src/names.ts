import type { NodePath, types as t } from '@babel/core';
import type { AnyFunction } from './rewrite/functions.js';

/** Wrappers that are types only, and vanish. */
export const typeWrappers: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TypeCastExpression',
  'ParenthesizedExpression',
]);

/** Whether a node is a function of any form, or only the type of one. */
export function isFunctionNode({ type }: t.Node): boolean {
  return type.includes('Function') || type.endsWith('Method');
}

/**
 * The name an anonymous function gets from where it stands (ECMAScript 8.4, NamedEvaluation), as
 * far as it can be known here; empty when it gets none.
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
      return node.value === child.node && !node.computed ? keyName(node.key) : '';
    case 'ClassPrivateProperty':
      return node.value === child.node ? `#${node.key.id.name}` : '';
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return '';
  }
}

/** The name a function has at run time; empty when none can be known. */
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
 * The name a function has in stack traces. V8 puts the receiver's class before a method's name, and
 * an arrow has no receiver; the class that the method is written in is as near as we get.
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

/** A member's key as text, when it is written out. */
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

/** A target in parentheses gives no name. */
function identifierName(node: t.Node): string {
  return node.type === 'Identifier' && !node.extra?.['parenthesized'] ? node.name : '';
}
