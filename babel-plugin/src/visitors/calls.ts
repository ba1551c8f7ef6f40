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
      if (callee) rewriteKnown(path, callee, state);
    },
  },

  NewExpression: {
    exit(path, state) {
      const callee = calleeOf(path.get('callee') as NodePath);
      if (callee?.from !== 'global' || callee.name !== 'Promise' || !state.covers('promise'))
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
    if (state.covers(call.kind) && rewriteCallbacks(node, call, state)) {
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
  if (!state.covers(kind)) return true;
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
  if (!state.covers(kind) || node.arguments.length === 0) return;
  state.sites.add(node, kind, name);
  replace(path, rewriteMethodCall(node, helper, { readLate: inert.has(node) }, state));
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
