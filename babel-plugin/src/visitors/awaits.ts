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
import type { Scope } from '../rewrite/awaits.js';
import { blockOfUsingLoop, isUsing, lowerUsingHead, lowerUsings } from '../rewrite/usings.js';
import { propertyName } from '../bindings.js';
import { textReceivers } from '../catalogue/text.js';
import { mayBePromise } from '../promise-values.js';
import type { FileState } from '../state.js';

/** Rewrites the places where an async function leaves its strand or comes back to it. */
export const awaits: Visitor<FileState> = {
  AwaitExpression: {
    exit(path, state) {
      if (!state.covers('async') || isHoistedByRunner(path.node.argument)) return;
      const activation = state.activations.at(path);
      activation.suspensions++;
      const scope = { inModule: activation === state.activations.module };
      state.changes.replace(path, rewriteAwait(path.node, scope, state.output));
    },
  },

  YieldExpression: {
    exit(path, state) {
      const activation = state.activations.at(path);
      const { isAsync, runsWhereCreated } = activation;
      if (!state.covers('async') || !(isAsync || runsWhereCreated)) return;
      activation.suspensions++;
      state.changes.replace(path, rewriteYield(path.node, activation, state.output));
    },
  },

  ReturnStatement: {
    enter(path, { activations }) {
      const { current: activation } = activations;
      const { node } = path;
      // Decided before the value is rewritten: afterwards it is always a call.
      const mayAdopt = node.argument && mayBePromise(node.argument);
      (mayAdopt ? activation.returns : activation.otherReturns).add(node);
      if (isInFinalizer(path)) activation.overrules = true;
      // The iterator is closed after the value has been evaluated.
      if (isInForOf(path)) activation.needsNative = true;
    },
    exit(path, state) {
      const activation = state.activations.current;
      if (!path.node.argument || !state.covers('async')) return;
      if (!activation.isAsync || !activation.isGenerator) return;
      activation.suspensions++;
      state.changes.replace(path, rewriteGeneratorReturn(path.node, state.output));
    },
  },

  'BreakStatement|ContinueStatement'(path, { activations }) {
    if (isInFinalizer(path)) activations.current.overrules = true;
  },

  BlockStatement: {
    enter(path, state) {
      if (isLowered(state)) lowerUsings(path.node, path.parentPath.isFunction(), state.output);
    },
  },

  ForStatement(path, state) {
    if (!isUsing(path.node.init) || !isLowered(state)) return;
    const outermost = withLabels(path);
    const block = blockOfUsingLoop(path.node, outermost.node as t.Statement, state.output);
    outermost.replaceWith(block);
  },

  ForOfStatement: {
    enter(path, state) {
      if (isLowered(state)) lowerUsingHead(path.node, state.output);
      before.set(path.node, state.activations.current.suspensions);
    },
    exit(path, state) {
      if (!state.covers('async')) return;
      if (!path.node.await) {
        if (state.activations.current.suspensions > before.get(path.node)!) {
          rewriteForOf(path.node, scopeOf(state), state.output);
          state.changes.touch(path);
        }
        return;
      }
      state.activations.current.suspensions++;
      const loop = rewriteForAwait(path.node, scopeOf(state), state.output);
      state.changes.replace(path, loop);
      const outermost = withLabels(path);
      if (outermost === path) addReturn(path, loop as t.Statement, state);
      else labelled.add(outermost.node);
    },
  },

  LabeledStatement: {
    exit(path, state) {
      if (labelled.has(path.node)) addReturn(path, path.node, state);
    },
  },

  VariableDeclaration({ node }, { activations }) {
    if (isUsing(node)) activations.current.needsNative = true;
  },

  TryStatement: {
    enter(path, state) {
      before.set(path.node, state.activations.current.suspensions);
      if (path.node.finalizer) state.activations.current.needsNative = true;
    },
    exit(path, state) {
      if (state.activations.current.suspensions === before.get(path.node)!) return;
      rewriteTry(path.node, scopeOf(state), state.output);
      state.changes.touch(path);
    },
  },
};

/** Returns true in async functions and modules: there the engine may leave the strand at the end of a block. */
function isLowered(state: FileState): boolean {
  return state.activations.current.isAsync && state.covers('async');
}

/** Returns the path of a statement with its labels. */
function withLabels(path: NodePath): NodePath {
  let outermost = path;
  while (outermost.parentPath!.isLabeledStatement()) outermost = outermost.parentPath!;
  return outermost;
}

function scopeOf({ activations }: FileState): Scope {
  return { inModule: activations.current === activations.module };
}

/** Wraps a loop so that the strand is entered again after it. */
function addReturn(path: NodePath, loop: t.Statement, state: FileState): void {
  state.changes.replace(path, returnAfterLoop(loop, scopeOf(state), state.output));
}

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
