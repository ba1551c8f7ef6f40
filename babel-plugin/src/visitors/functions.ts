import type { NodePath, types as t, Visitor } from '@babel/core';
import { functionName, keyName, tracedName } from '../names.js';
import { mustStayNative } from '../native-form.js';
import { patternNames, varNames } from '../rewrite/blocks.js';
import { rewriteSyncReturn, rewriteReturn } from '../rewrite/awaits.js';
import { isPlainParameter, rewriteNativeBody } from '../rewrite/functions.js';
import { keepCreation, runsWhereCreated } from '../rewrite/generators.js';
import type { AnyFunction } from '../rewrite/functions.js';
import { markClass, markMembers, placeFunction, placeHoisted } from '../rewrite/placing.js';
import { replace } from '../rewrite/replace.js';
import { mayBePromise } from '../promise-values.js';
import { activationOf } from '../state.js';

import type { Activation, FileState } from '../state.js';

/** Rewrites async functions, methods, arrows and async generators, and marks them as async. */
export const functions: Visitor<FileState> = {
  Function: {
    enter(path, state) {
      if (state.asText.has(path.node)) {
        path.skip();
        return;
      }
      state.functions.add(path);
      const { async: isAsync, generator: isGenerator } = path.node;
      const whereCreated = runsWhereCreated(path as NodePath<AnyFunction>, state);
      state.activations.push(activationOf(isAsync, isGenerator, whereCreated));
      const { body } = path.node;
      if (body && body.type !== 'BlockStatement' && mayBePromise(body)) {
        state.activation.returns.add(path.node as t.ArrowFunctionExpression);
      }
      if (isAsync && state.covers('async')) {
        const name = functionName(path as NodePath<AnyFunction>);
        state.activation.site = state.at(path.node, 'async', name);
      }
    },
    exit(path, state) {
      const activation = state.activations.pop()!;
      if (state.temporariesOf(path.node).length > 0) {
        declareTemporaries(path.node as AnyFunction, activation, state);
        state.extended.add(path);
      }
      const { suspensions, hasEval, usesSuper, isAsync, isGenerator } = activation;
      if (!state.covers('async') || !path.node.body) return;

      const fn = path as NodePath<AnyFunction>;
      state.site = activation.site;
      if (activation.runsWhereCreated) {
        const entered = state.call('enterCreated', state.created());
        return replace(
          path,
          rewriteNativeBody(keepCreation(fn.node, state), activation.hasEval, state, entered),
          state,
        );
      }
      if (!isAsync) return;
      if (isGenerator)
        return replace(path, rewriteNativeBody(fn.node, activation.hasEval, state), state);
      if (mustStayNative(path)) {
        rewriteReturns(activation, { suspends: true, isSync: false }, state);
        return replace(path, rewriteNativeBody(fn.node, activation.hasEval, state), state);
      }
      const suspends = suspensions > 0;
      const isSync = !suspends && !activation.needsNative && fn.node.params.every(isPlainParameter);
      rewriteReturns(activation, { suspends, isSync }, state);
      const facts = {
        suspends,
        isSync,
        hasEval,
        usesSuper,
        name: functionName(fn),
        tracedName: tracedName(fn),
        repeatsParameter: repeatsParameter(fn.node),
      };
      placeFunction(fn, facts, state);
      keepForMarks(fn);
    },
  },

  Super(_path, state) {
    for (const activation of state.activations) activation.usesSuper = true;
  },

  'BlockStatement|Program|StaticBlock|SwitchCase|TSModuleBlock': {
    exit(path, state) {
      if (placeHoisted(path.node as t.BlockStatement)) state.extended.add(path);
    },
  },

  ObjectExpression: {
    exit(path, state) {
      const methods = asyncMethods.get(path.node);
      if (methods) markMembers(path, methods, state);
    },
  },

  ClassBody: {
    exit(path, state) {
      const methods = asyncMethods.get(path.node);
      if (methods) markClass(path, methods as t.ClassMethod[], state);
    },
  },
};

/** Declares, at the start of a function's body, the variables that the rewritten code needs. */
function declareTemporaries(
  node: AnyFunction,
  { returns, otherReturns }: Activation,
  state: FileState,
): void {
  const { t } = state;
  if (node.body.type !== 'BlockStatement') {
    const result = { ...t.returnStatement(node.body), loc: node.body.loc ?? null };
    (returns.delete(node as t.ArrowFunctionExpression) ? returns : otherReturns).add(result);
    node.body = t.blockStatement([result]);
  }
  node.body.body.unshift(state.declared(state.temporariesOf(node)));
}

/** Async methods, by the object literal or class body that contains them. */
const asyncMethods = new WeakMap<t.Node, t.Node[]>();

function keepForMarks(path: NodePath<AnyFunction>): void {
  const { node, parent, container, key } = path;
  const isMember = node.type === 'ObjectMethod' || node.type === 'ClassMethod';
  if (!isMember && node.type !== 'ClassPrivateMethod') return;
  if (isReplaced(path)) return;
  const placed = (container as t.Node[])[key as number]!;
  asyncMethods.set(parent, [...(asyncMethods.get(parent) ?? []), placed]);
}

function repeatsParameter(node: AnyFunction): boolean {
  if (node.body.type !== 'BlockStatement') return false;
  const declared = new Set(varNames(node.body.body));
  if (declared.size === 0) return false;
  return node.params.some((param) => patternNames(param).some((name) => declared.has(name)));
}

/** Returns true when the member is already marked in place, or when a later member may replace it. */
function isReplaced({ node, container, key }: NodePath<AnyFunction>): boolean {
  const members = container as t.Node[];
  if (members[key as number]!.type === 'ObjectProperty') return true;
  if (node.type !== 'ObjectMethod' && node.type !== 'ClassMethod') return false;
  if (node.computed) return false;
  return members.slice((key as number) + 1).some((member) => {
    if (member.type === 'SpreadElement') return true;
    if (!('key' in member) || ('computed' in member && member.computed)) return false;
    const isStatic = 'static' in member && Boolean(member.static);
    const wasStatic = node.type === 'ClassMethod' && Boolean(node.static);
    return isStatic === wasStatic && keyName(member.key as t.Node) === keyName(node.key);
  });
}

/** Rewrites the returns of a function, in the way that its rewritten form needs. */
function rewriteReturns(
  { returns, otherReturns, overrules }: Activation,
  { suspends, isSync }: { suspends: boolean; isSync: boolean },
  state: FileState,
): void {
  const all = [...returns, ...otherReturns];
  if (isSync) for (const node of all) rewriteSyncReturn(node, state);
  else for (const node of overrules ? all : returns) rewriteReturn(node, state, suspends);
}
