import { isBuiltin } from 'node:module';
import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, classOf, propertyName } from '../bindings.js';
import type { Callee } from '../bindings.js';
import { mayBeCallback } from '../callback-values.js';
import { methodHelpers, promiseStatics } from '../catalogue/language.js';
import { collectionMethods, synchronousMethods } from '../catalogue/synchronous.js';
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
  if (state.directives.offDepth > 0) return undefined;
  const { callee, arguments: args } = path.node;
  const { scope } = path;
  const indirect = indirectCall(path, state);
  if (indirect) return indirect;
  if (!args.some((argument) => isPassedCallback(argument, scope, state))) return undefined;
  const named = calleeOf(callee, scope);
  if (named && state.catalogue.pointOf(named, path.isNewExpression())) return undefined;
  if (named?.from === 'module') return lossInModule(path, named);
  if (!isMember(callee)) return undefined;
  const method = propertyName(callee);
  if (method === undefined) return isOwnPrivate(callee) ? undefined : unknown(callee, '[…]');
  if (callee.object.type === 'ThisExpression' && !Object.hasOwn(methodHelpers, method)) {
    // A method of the class itself, which is in a file of the program.
    if (state.catalogue.classMethods(method).length === 0) return undefined;
  }
  if (isKnown(method, callee.object, scope, state)) return undefined;
  if (named && (!named.name.includes('.') || synchronousObjects.has(named.name.split('.')[0]!)))
    return undefined;
  return unknown(callee, `.${method}`);
}

type Member = t.MemberExpression | t.OptionalMemberExpression;

function isMember(node: t.Node): node is Member {
  return node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression';
}

function isOwnPrivate({ property }: Member): boolean {
  return property.type === 'PrivateName';
}

function unknown(callee: Member, member: string): Loss {
  return { status: 'unknown', at: callee.property, name: `${textOf(callee.object)}${member}` };
}

function lossInModule(
  path: NodePath<Call>,
  { module, name }: Callee & { from: 'module' },
): Loss | undefined {
  // The program's own modules and ours are instrumented, and the catalogue knows Node's functions.
  if (/^[./#]/.test(module) || isBuiltin(module) || module.startsWith('@throughline/'))
    return undefined;
  const method = name.slice(name.lastIndexOf('.') + 1);
  if (name.includes('()') && (synchronousMethods.has(method) || isOfCollection(method, path)))
    return undefined;
  const { callee } = path.node;
  return {
    status: 'uninstrumented',
    // Where the call would be listed if it were covered.
    at: isMember(callee) ? callee.property : path.node,
    name: `${module}.${name === '*' ? 'default' : name}`,
    module,
  };
}

/** `map.set(key, fn)`, and not the route in `app.get('/carts', fn)`. */
function isOfCollection(method: string, { node }: NodePath<Call>): boolean {
  const [first] = node.arguments;
  const isRoute = first?.type === 'StringLiteral' && /^[/*]/.test(first.value);
  return collectionMethods.has(method) && !isRoute;
}

/** Names of the ways to call a function by another one. */
const callers = new Set(['call', 'apply']);

/**
 * Returns the loss when a callback is passed by `f.call`, `f.apply`, `Reflect.apply` or `f.bind(…)(callback)`, which
 * hide from the plugin which function gets it.
 */
function indirectCall(path: NodePath<Call>, state: FileState): Loss | undefined {
  const { callee, arguments: args } = path.node;
  const { scope } = path;
  const passes = (given: readonly (t.Node | null)[]): boolean =>
    given.some((one) => one !== null && (isInlineFunction(one, state) || passesInList(one, state)));
  if (callee.type === 'CallExpression' && isMember(callee.callee)) {
    const isBound = propertyName(callee.callee) === 'bind';
    return isBound && passes(args) ? unknown(callee.callee, '.bind()') : undefined;
  }
  if (!isMember(callee)) return undefined;
  const method = propertyName(callee);
  const named = calleeOf(callee, scope);
  if (named?.from === 'global' && named.name === 'Reflect.apply') {
    return passes(args) ? unknown(callee, '.apply') : undefined;
  }
  const isCaller = method !== undefined && callers.has(method);
  if (!isCaller || !isMember(callee.object) || !passes(args)) return undefined;
  return unknown(callee, `.${method}`);
}

function isInlineFunction(node: t.Node, state: FileState): boolean {
  return (
    (node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression') &&
    !state.asText.has(node)
  );
}

function passesInList(node: t.Node, state: FileState): boolean {
  return (
    node.type === 'ArrayExpression' &&
    node.elements.some((element) => element !== null && isInlineFunction(element, state))
  );
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

function isKnown(
  method: string,
  receiver: t.Node,
  scope: NodePath['scope'],
  state: FileState,
): boolean {
  if (synchronousMethods.has(method) || Object.hasOwn(methodHelpers, method)) return true;
  if (Object.hasOwn(promiseStatics, method)) return true;
  const made = classOf(receiver, scope);
  if (collectionMethods.has(method) && made?.from === 'global') return true;
  // The catalogue knows methods by the names of classes: only where the file shows the class is it certain.
  if (state.catalogue.classMethods(method).length === 0) return false;
  if (made === undefined)
    return state.catalogue.classMethods(method).some(({ certain }) => certain);
  return made.from === 'global' || isBuiltin(made.module) || state.catalogue.knows(made.module);
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
