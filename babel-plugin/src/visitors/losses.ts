import { isBuiltin } from 'node:module';
import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, propertyName } from '../bindings.js';
import { mayBeCallback } from '../callback-values.js';
import { methodHelpers, promiseStatics } from '../catalogue/language.js';
import { callsAtOnce } from '../catalogue/synchronous.js';
import type { Status } from '../check/finding.js';
import { functionName } from '../names.js';
import type { AnyFunction } from '../rewrite/functions.js';
import type { FileState } from '../state.js';

export type Call = t.CallExpression | t.OptionalCallExpression | t.NewExpression;

/**
 * Calls that hand over a function and that nothing is known about. Judged on the way in, when they are
 * as written; nothing is changed.
 */
export const losses: Visitor<FileState> = {
  CallExpression: (path, state) => judge(path, state),
  OptionalCallExpression: (path, state) => judge(path, state),
  NewExpression: (path, state) => judge(path, state),
  Function: {
    enter(path, state) {
      if (!state.asText.has(path.node)) return;
      say('text', path.node, functionName(path as NodePath<AnyFunction>) || 'function', state);
    },
  },
};

export interface Loss {
  readonly status: Status;
  readonly at: t.Node;
  readonly name: string;
}

function judge(path: NodePath<Call>, state: FileState): void {
  const loss = lossAt(path, state);
  if (loss) say(loss.status, loss.at, loss.name, state);
}

/** Whether a call hands a function to somebody nothing is known about. */
export function lossAt(path: NodePath<Call>, state: FileState): Loss | undefined {
  const { callee, arguments: args } = path.node;
  const { scope } = path;
  if (state.offDepth > 0 || !args.some((argument) => isHandedOver(argument, scope, state)))
    return undefined;
  const named = calleeOf(callee, scope);
  if (named && state.catalogue.pointOf(named, path.isNewExpression())) return undefined;
  if (named?.from === 'module') {
    const { module, name } = named;
    // What is ours is compiled; what Node's functions do with theirs is in the catalogue.
    if (/^[./]/.test(module) || isBuiltin(module) || module.startsWith('@throughline/'))
      return undefined;
    if (name.includes('()') && callsAtOnce.has(name.slice(name.lastIndexOf('.') + 1)))
      return undefined;
    return {
      status: 'uncompiled',
      at: path.node,
      name: `${module}.${name === '*' ? 'default' : name}`,
    };
  }
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression')
    return undefined;
  const method = propertyName(callee);
  if (method === undefined || isKnown(method, state) || callee.object.type === 'ThisExpression')
    return undefined;
  if (named && (!named.name.includes('.') || ofLanguage.has(named.name.split('.')[0]!)))
    return undefined;
  const name = `${textOf(callee.object)}.${method}`;
  return { status: 'unknown', at: callee.property, name };
}

/** A function that somebody else gets: one by name or as it is written, which is not sent as text. */
export function isHandedOver(
  argument: t.Node,
  scope: NodePath['scope'],
  state: FileState,
): boolean {
  if (argument.type === 'SpreadElement' || state.asText.has(argument)) return false;
  return mayBeCallback(argument, scope);
}

/** Owners of functions that call back at once, or not at all. */
const ofLanguage = new Set([
  ...['Array', 'JSON', 'Math', 'Number', 'Object', 'Reflect', 'String', 'Symbol', 'console'],
]);

function isKnown(method: string, state: FileState): boolean {
  return (
    callsAtOnce.has(method) ||
    Object.hasOwn(methodHelpers, method) ||
    Object.hasOwn(promiseStatics, method) ||
    state.catalogue.classMethods(method).length > 0
  );
}

function say(status: Status, node: t.Node, name: string, state: FileState): void {
  const { line, column } = node.loc?.start ?? { line: 0, column: 0 };
  state.observe?.({ status, line, column, name });
}

/** A receiver in short: its name, or the last part of it. */
function textOf(node: t.Node): string {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') return propertyName(node) ?? '…';
  return '…';
}
