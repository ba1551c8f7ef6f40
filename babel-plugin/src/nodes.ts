import type { types as t } from '@babel/core';

/** Babel's builders and validators, of the Babel that runs the plugin. */
export type Types = typeof t;

/** The forms of function that can be async. */
export type AnyFunction =
  | t.FunctionDeclaration
  | t.FunctionExpression
  | t.ArrowFunctionExpression
  | t.ObjectMethod
  | t.ClassMethod
  | t.ClassPrivateMethod;

/** Expressions that only add a type, or parentheses. */
export const typeWrappers: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TypeCastExpression',
  'ParenthesizedExpression',
]);

/** Returns true for a function of any form, and for the type of a function. */
export function isFunctionNode({ type }: t.Node): boolean {
  return type.includes('Function') || type.endsWith('Method');
}

/** Returns true for a parameter without pattern, default or rest. */
export function isPlainParameter(param: t.Node): boolean {
  return param.type === 'Identifier';
}

const functionValues = new WeakSet<t.Node>();

/** Notes that an expression has taken the place of a function that the program wrote. */
export function noteFunctionValue(expression: t.Node): void {
  functionValues.add(expression);
}

/** Returns true for a function that the program wrote as an expression, rewritten or not. */
export function isFunctionValue(node: t.Node): boolean {
  if (typeWrappers.has(node.type)) {
    return isFunctionValue((node as t.TSAsExpression).expression);
  }
  return (
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression' ||
    functionValues.has(node)
  );
}
