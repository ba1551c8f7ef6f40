import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, propertyName } from '../bindings.js';
import type { Callee } from '../bindings.js';
import {
  globalCalls,
  methodCalls,
  moduleCalls,
  promiseStatics,
  siteArguments,
} from '../catalogue.js';
import type { CallbackCall } from '../catalogue.js';
import {
  rewriteCallbacks,
  rewriteMethodCall,
  rewriteNewPromise,
  rewriteSite,
} from '../rewrite/calls.js';
import { lowerChain } from '../rewrite/optional-chains.js';
import { replace } from '../rewrite/replace.js';
import type { FileState } from '../state.js';

/** Calls that hand over work: of globals, of modules, of `Promise`, and of methods known by name. */
export const calls: Visitor<FileState> = {
  CallExpression: {
    enter(path) {
      // Judged before the arguments are rewritten: afterwards each is a call.
      if (path.node.arguments.every(isInert)) inert.add(path.node);
    },
    exit(path, state) {
      const callee = calleeOf(path.get('callee') as NodePath);
      if (callee?.name === 'eval')
        for (const activation of state.activations) activation.hasEval = true;
      if (callee && rewriteKnown(path, callee, state)) return;
      rewriteMethod(path, state);
    },
  },

  OptionalCallExpression: {
    exit(path, state) {
      const callee = calleeOf(path.get('callee') as NodePath);
      if (!(callee && rewriteKnown(path, callee, state))) noteMethod(path, state);
      lowerIfNoted(path, state);
    },
  },

  OptionalMemberExpression: {
    exit(path, state) {
      lowerIfNoted(path, state);
    },
  },

  NewExpression: {
    exit(path, state) {
      const callee = calleeOf(path.get('callee') as NodePath);
      if (callee?.from !== 'global' || callee.name !== 'Promise' || !state.coversHere('promise'))
        return;
      if (path.node.arguments.length !== 1 || path.node.arguments[0]!.type === 'SpreadElement')
        return;
      state.sites.add(path.node, 'promise', 'new Promise');
      replace(path, rewriteNewPromise(path.node, state));
    },
  },
};

const inert = new WeakSet<t.Node>();

/** Calls of what a name stands for. Returns whether that settles it. */
function rewriteKnown(
  path: NodePath<t.CallExpression> | NodePath<t.OptionalCallExpression>,
  callee: Callee,
  state: FileState,
): boolean {
  const { node } = path;
  const call = callbackCall(callee);
  if (call) {
    if (state.coversHere(call.kind) && rewriteCallbacks(node, call, state)) {
      state.sites.add(node, call.kind, callee.name);
    }
    return true;
  }
  if (callee.from === 'module') {
    const index = Object.hasOwn(siteArguments, callee.module)
      ? siteArguments[callee.module]![callee.name]
      : undefined;
    if (index === undefined || !state.options.sites) return false;
    rewriteSite(node, index, state.sites.add(node, 'event', callee.name), state);
    return true;
  }
  return rewritePromiseStatic(path, callee.name, state);
}

function callbackCall(callee: Callee): CallbackCall | undefined {
  const table = callee.from === 'global' ? globalCalls : moduleTable(callee.module);
  return Object.hasOwn(table, callee.name) ? table[callee.name] : undefined;
}

function moduleTable(module: string): Readonly<Record<string, CallbackCall>> {
  return Object.hasOwn(moduleCalls, module) ? moduleCalls[module]! : {};
}

function rewritePromiseStatic(path: NodePath<t.Node>, name: string, state: FileState): boolean {
  if (!name.startsWith('Promise.') || path.node.type !== 'CallExpression') return false;
  const method = name.slice('Promise.'.length);
  if (!Object.hasOwn(promiseStatics, method)) return false;
  const { kind, helper } = promiseStatics[method]!;
  if (!state.coversHere(kind)) return true;
  state.sites.add(path.node, kind, name);
  replace(path, rewriteMethodCall(path.node, helper, { readLate: false }, state));
  return true;
}

function rewriteMethod(path: NodePath<t.CallExpression>, state: FileState): void {
  const { node } = path;
  if (node.callee.type !== 'MemberExpression') return;
  const name = propertyName(node.callee);
  if (name === undefined || !Object.hasOwn(methodCalls, name)) return;
  const { kind, helper } = methodCalls[name]!;
  if (!state.coversHere(kind)) return;
  // The method's own place: a chain of calls begins where its first receiver does.
  state.sites.add(node.callee.property, kind, name);
  replace(path, rewriteMethodCall(node, helper, { readLate: inert.has(node) }, state));
}

/** Calls of methods known by name, by the optional chain they are part of. */
const noted = new WeakMap<t.Node, Set<t.Node>>();

function noteMethod(path: NodePath<t.OptionalCallExpression>, state: FileState): void {
  const { callee } = path.node;
  if (callee.type !== 'OptionalMemberExpression' && callee.type !== 'MemberExpression') return;
  const name = propertyName(callee);
  if (name === undefined || !Object.hasOwn(methodCalls, name)) return;
  if (!state.coversHere(methodCalls[name]!.kind) || callee.object.type === 'Super') return;

  const { node: chain, parent } = wholeChain(path);
  // `delete a?.b` deletes a property of the chain's own.
  if (parent.type === 'UnaryExpression' && parent.operator === 'delete') return;
  noted.set(chain, (noted.get(chain) ?? new Set()).add(path.node));
}

/** The outermost link of an optional chain: what is skipped as a whole. */
function wholeChain(path: NodePath): NodePath {
  const { parentPath, key } = path;
  const isLink =
    (parentPath?.isOptionalMemberExpression() && key === 'object') ||
    (parentPath?.isOptionalCallExpression() && key === 'callee');
  return isLink ? wholeChain(parentPath) : path;
}

function lowerIfNoted(
  path: NodePath<t.OptionalCallExpression> | NodePath<t.OptionalMemberExpression>,
  state: FileState,
): void {
  const found = noted.get(path.node);
  if (found === undefined) return;
  const lowered = lowerChain(
    path.node,
    found,
    (call, receiver, method) => {
      const { property } = call.callee as t.MemberExpression;
      const name = propertyName(call.callee as t.MemberExpression)!;
      const { kind, helper } = methodCalls[name]!;
      state.sites.add(property, kind, name);
      return state.call(helper, receiver, method, ...call.arguments);
    },
    state,
  );
  replace(path, lowered);
}

/** Arguments that can be evaluated before or after a property is read, and nobody would notice. */
function isInert(node: t.Node): boolean {
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
