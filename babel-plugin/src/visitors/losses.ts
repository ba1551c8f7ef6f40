import { isBuiltin } from 'node:module';
import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, propertyName } from '../bindings.js';
import { mayBeCallback } from '../callback-values.js';
import { methodHelpers, promiseStatics } from '../catalogue/language.js';
import { synchronousMethods } from '../catalogue/synchronous.js';
import type { Status } from '../check/finding.js';
import { functionName } from '../names.js';
import type { AnyFunction } from '../nodes.js';
import type { FileState } from '../state.js';

/** A call in any form. */
export type Call = t.CallExpression | t.OptionalCallExpression | t.NewExpression;

/**
 * Reports calls that pass a callback to code which nothing is known about. It runs on entry, before anything is
 * rewritten, and changes nothing.
 */
export const losses: Visitor<FileState> = {
  CallExpression: (path, state) => reportLoss(path, state),
  OptionalCallExpression: (path, state) => reportLoss(path, state),
  NewExpression: (path, state) => reportLoss(path, state),
  Function: {
    enter(path, state) {
      if (!state.asText.has(path.node)) return;
      const name = functionName(path as NodePath<AnyFunction>) || 'function';
      report({ status: 'text', at: path.node, name }, state);
    },
  },
};

/** A call that may lose context. */
export interface Loss {
  readonly status: Status;
  readonly at: t.Node;
  readonly name: string;
  /** The module that the callback is passed to, if it is known. */
  readonly module?: string;
}

function reportLoss(path: NodePath<Call>, state: FileState): void {
  const loss = lossAt(path, state);
  if (loss) report(loss, state);
}

/** Returns the loss when a call passes a callback to code which nothing is known about. */
export function lossAt(path: NodePath<Call>, state: FileState): Loss | undefined {
  const { callee, arguments: args } = path.node;
  const { scope } = path;
  if (
    state.directives.offDepth > 0 ||
    !args.some((argument) => isPassedCallback(argument, scope, state))
  )
    return undefined;
  const named = calleeOf(callee, scope);
  if (named && state.catalogue.pointOf(named, path.isNewExpression())) return undefined;
  if (named?.from === 'module') {
    const { module, name } = named;
    // The program's own modules and ours are instrumented, and the catalogue knows Node's functions.
    if (/^[./#]/.test(module) || isBuiltin(module) || module.startsWith('@throughline/'))
      return undefined;
    if (name.includes('()') && synchronousMethods.has(name.slice(name.lastIndexOf('.') + 1)))
      return undefined;
    return {
      status: 'uninstrumented',
      at: path.node,
      name: `${module}.${name === '*' ? 'default' : name}`,
      module,
    };
  }
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression')
    return undefined;
  const method = propertyName(callee);
  if (method === undefined || isKnown(method, state) || callee.object.type === 'ThisExpression')
    return undefined;
  if (named && (!named.name.includes('.') || synchronousObjects.has(named.name.split('.')[0]!)))
    return undefined;
  const name = `${textOf(callee.object)}.${method}`;
  return { status: 'unknown', at: callee.property, name };
}

/** Returns true for an argument that looks like a callback and is not sent elsewhere as source text. */
export function isPassedCallback(
  argument: t.Node,
  scope: NodePath['scope'],
  state: FileState,
): boolean {
  if (argument.type === 'SpreadElement' || state.asText.has(argument)) return false;
  return mayBeCallback(argument, scope);
}

/** Objects whose functions call back synchronously or not at all. */
const synchronousObjects = new Set([
  ...['Array', 'JSON', 'Math', 'Number', 'Object', 'Reflect', 'String', 'Symbol', 'console'],
]);

function isKnown(method: string, state: FileState): boolean {
  return (
    synchronousMethods.has(method) ||
    Object.hasOwn(methodHelpers, method) ||
    Object.hasOwn(promiseStatics, method) ||
    state.catalogue.classMethods(method).length > 0
  );
}

function report({ at, ...loss }: Loss, state: FileState): void {
  const { line, column } = at.loc?.start ?? { line: 0, column: 0 };
  state.observe?.({ ...loss, line, column });
}

/** Returns a short name of a receiver: its name or the last part of it. */
function textOf(node: t.Node): string {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') return propertyName(node) ?? '…';
  return '…';
}
