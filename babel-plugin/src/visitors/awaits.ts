import type { NodePath, types as t, Visitor } from '@babel/core';
import {
  returnAfterLoop,
  rewriteAwait,
  rewriteForAwait,
  rewriteForOf,
  rewriteGeneratorReturn,
  rewriteTry,
  rewriteYield,
} from '../rewrite/awaits.js';
import { propertyName } from '../bindings.js';
import { textReceivers } from '../catalogue/text.js';
import { mayBePromise } from '../promise-values.js';
import { replace } from '../rewrite/replace.js';
import type { FileState } from '../state.js';

/** Rewrites the places where an async function leaves its strand or comes back to it. */
export const awaits: Visitor<FileState> = {
  AwaitExpression: {
    exit(path, state) {
      if (!state.covers('async') || isHoistedByRunner(path.node.argument)) return;
      const activation = state.activationAt(path);
      activation.suspensions++;
      replace(path, rewriteAwait(path.node, activation, state), state);
    },
  },

  YieldExpression: {
    exit(path, state) {
      const activation = state.activationAt(path);
      const { isAsync, runsWhereCreated } = activation;
      if (!state.covers('async') || !(isAsync || runsWhereCreated)) return;
      activation.suspensions++;
      replace(path, rewriteYield(path.node, activation, state), state);
    },
  },

  ReturnStatement: {
    enter(path, { activation }) {
      const { node } = path;
      // Decided before the value is rewritten: afterwards it is always a call.
      const mayAdopt = node.argument && mayBePromise(node.argument);
      (mayAdopt ? activation.returns : activation.otherReturns).add(node);
      if (isInFinalizer(path)) activation.overrules = true;
      // The iterator is closed after the value has been evaluated.
      if (isInForOf(path)) activation.needsNative = true;
    },
    exit(path, state) {
      const { activation } = state;
      if (!path.node.argument || !state.covers('async')) return;
      if (!activation.isAsync || !activation.isGenerator) return;
      activation.suspensions++;
      replace(path, rewriteGeneratorReturn(path.node, state), state);
    },
  },

  'BreakStatement|ContinueStatement'(path, { activation }) {
    if (isInFinalizer(path)) activation.overrules = true;
  },

  ForOfStatement: {
    enter(path, state) {
      before.set(path.node, state.activation.suspensions);
    },
    exit(path, state) {
      if (!state.covers('async')) return;
      if (!path.node.await) {
        if (state.activation.suspensions > before.get(path.node)!) {
          rewriteForOf(path.node, state);
          state.touch(path);
        }
        return;
      }
      state.activation.suspensions++;
      const loop = rewriteForAwait(path.node, state);
      replace(path, loop, state);
      let outermost: NodePath = path;
      while (outermost.parentPath!.isLabeledStatement()) outermost = outermost.parentPath!;
      if (outermost === path) replace(path, returnAfterLoop(loop as t.Statement, state), state);
      else labelled.add(outermost.node);
    },
  },

  LabeledStatement: {
    exit(path, state) {
      if (labelled.has(path.node)) replace(path, returnAfterLoop(path.node, state), state);
    },
  },

  VariableDeclaration({ node }, { activation }) {
    if (node.kind === 'await using' || node.kind === 'using') activation.needsNative = true;
  },

  TryStatement: {
    enter(path, state) {
      before.set(path.node, state.activation.suspensions);
      if (path.node.finalizer) state.activation.needsNative = true;
    },
    exit(path, state) {
      if (state.activation.suspensions === before.get(path.node)!) return;
      rewriteTry(path.node, state);
      state.touch(path);
    },
  },
};

/** Returns true for `await vi.hoisted(...)`: Vitest looks for this form and moves it above all imports. */
function isHoistedByRunner(argument: t.Node): boolean {
  if (argument.type !== 'CallExpression' || argument.callee.type !== 'MemberExpression')
    return false;
  const { object } = argument.callee;
  return (
    propertyName(argument.callee) === 'hoisted' &&
    object.type === 'Identifier' &&
    textReceivers['hoisted']!.has(object.name)
  );
}

/** Returns true for a jump inside a `finally`, where it overrides a `return`. */
function isInFinalizer(path: NodePath): boolean {
  let child = path;
  for (let at = path.parentPath; at && !at.isFunction(); child = at, at = at.parentPath) {
    if (at.isTryStatement() && at.node.finalizer === child.node) return true;
  }
  return false;
}

function isInForOf(path: NodePath): boolean {
  for (let at = path.parentPath; at && !at.isFunction(); at = at.parentPath) {
    if (at.isForOfStatement()) return true;
  }
  return false;
}

/** Number of suspensions of the function before each `try` and loop. */
const before = new WeakMap<t.Node, number>();

/** Labelled statements around a `for await`. */
const labelled = new WeakSet<t.Node>();
