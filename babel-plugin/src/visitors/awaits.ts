import type { NodePath, types as t, Visitor } from '@babel/core';
import {
  returnAfterLoop,
  rewriteAwait,
  rewriteForAwait,
  rewriteGeneratorReturn,
  rewriteTry,
  rewriteYield,
} from '../rewrite/awaits.js';
import { mayBePromise } from '../promise-values.js';
import { replace } from '../rewrite/replace.js';
import type { FileState } from '../state.js';

/** Every place where an async function leaves its strand, and where it comes back. */
export const awaits: Visitor<FileState> = {
  AwaitExpression: {
    exit(path, state) {
      if (!state.covers('async')) return;
      state.activation.suspensions++;
      replace(path, rewriteAwait(path.node, state));
    },
  },

  YieldExpression: {
    exit(path, state) {
      if (!state.covers('async') || !state.activation.isAsync) return;
      state.activation.suspensions++;
      replace(path, rewriteYield(path.node, state));
    },
  },

  ReturnStatement: {
    enter({ node }, { activation }) {
      // Judged before the value is rewritten: afterwards everything is a call.
      if (node.argument && mayBePromise(node.argument)) activation.returns.add(node);
    },
    exit(path, state) {
      const { activation } = state;
      if (!path.node.argument || !state.covers('async')) return;
      if (!activation.isAsync || !activation.isGenerator) return;
      activation.suspensions++;
      replace(path, rewriteGeneratorReturn(path.node, state));
    },
  },

  ForOfStatement: {
    exit(path, state) {
      if (!path.node.await || !state.covers('async')) return;
      state.activation.suspensions++;
      const loop = rewriteForAwait(path.node, state);
      replace(path, loop);
      let outermost: NodePath = path;
      while (outermost.parentPath!.isLabeledStatement()) outermost = outermost.parentPath!;
      if (outermost === path) replace(path, returnAfterLoop(loop as t.Statement, state));
      else labelled.add(outermost.node);
    },
  },

  LabeledStatement: {
    exit(path, state) {
      if (labelled.has(path.node)) replace(path, returnAfterLoop(path.node, state));
    },
  },

  TryStatement: {
    enter(path, state) {
      before.set(path.node, state.activation.suspensions);
    },
    exit(path, state) {
      if (state.activation.suspensions > before.get(path.node)!) rewriteTry(path.node, state);
    },
  },
};

/** Suspensions of the function so far, when a `try` was entered. */
const before = new WeakMap<t.Node, number>();

/** Labelled statements around a `for await`. */
const labelled = new WeakSet<t.Node>();
