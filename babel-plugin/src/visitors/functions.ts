import type { NodePath, types as t, Visitor } from '@babel/core';
import { activationOf } from '../activations.js';
import type { Activation } from '../activations.js';
import { runsWhereCreated } from '../generator-frames.js';
import { libraryClassNames } from '../catalogue/library-classes.js';
import { functionName, givenName, keyName, tracedName } from '../names.js';
import { isTextRead, mustStayNative } from '../native-form.js';
import { isPlainParameter } from '../nodes.js';
import type { AnyFunction } from '../nodes.js';
import { mayBePromise } from '../promise-values.js';
import { rewriteReturn, rewriteSyncReturn } from '../rewrite/awaits.js';
import { patternNames, varNames } from '../rewrite/blocks.js';
import { rewriteNativeBody } from '../rewrite/functions.js';
import type { Facts } from '../rewrite/functions.js';
import { keepCreation } from '../rewrite/generators.js';
import type { Output } from '../rewrite/output.js';
import {
  markClass,
  markConstructor,
  markMembers,
  placeFunction,
  placeHoisted,
} from '../rewrite/placing.js';
import { placeWritten } from '../rewrite/placing-written.js';
import { declareTemporaries } from '../rewrite/temporaries.js';
import type { FileState } from '../state.js';

/** Rewrites async functions, methods, arrows and async generators, and marks them as async. */
export const functions: Visitor<FileState> = {
  Function: {
    enter(path, state) {
      if (state.asText.has(path.node)) {
        path.skip();
        return;
      }
      state.changes.functions.add(path);
      const whereCreated = runsWhereCreated(
        path as NodePath<AnyFunction>,
        state.options.generators,
      );
      state.activations.enter(activationOf(path.node, whereCreated));
      const { body } = path.node;
      if (body && body.type !== 'BlockStatement' && mayBePromise(body)) {
        state.activations.current.returns.add(path.node as t.ArrowFunctionExpression);
      }
      if (path.node.async && state.covers('async')) {
        const name = functionName(path as NodePath<AnyFunction>);
        state.activations.current.site = state.sites.add(path.node, 'async', name);
      }
    },
    exit(path, state) {
      const activation = state.activations.leave();
      const fn = path as NodePath<AnyFunction>;
      if (state.output.temporariesOf(fn.node).length > 0) declareIn(fn, activation, state);
      if (!state.covers('async') || !fn.node.body) return;
      const { isAsync, isGenerator, runsWhereCreated } = activation;
      if (isGenerator) {
        if (isAsync || runsWhereCreated) rewriteGenerator(fn, activation, state);
      } else if (isAsync) rewriteAsync(fn, activation, state);
    },
  },

  Super(_path, state) {
    state.activations.noteSuper();
    state.activations.noteReceiver();
  },

  ThisExpression(_path, state) {
    state.activations.noteReceiver();
  },

  // `new.target`; and `import.meta`, which does no harm.
  MetaProperty(_path, state) {
    state.activations.noteReceiver();
  },

  'BlockStatement|Program|StaticBlock|SwitchCase|TSModuleBlock': {
    exit(path, state) {
      if (placeHoisted(path.node as t.BlockStatement)) state.changes.extended.add(path);
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
      const methods = asyncMethods.get(path.node) ?? [];
      const isNamedAsLibrary = state.isOwn && libraryClassNames.has(className(path.parentPath));
      if (methods.length === 0 && !isNamedAsLibrary) return;
      markClass(path, methods as t.ClassMethod[], { isNamedAsLibrary }, state);
    },
  },
};

/** Notes functions that use `arguments` or, in JSX, `this`. Runs only in files with such names. */
export const receivers: Visitor<FileState> = {
  Identifier({ node }, state) {
    if (node.name === 'arguments') state.activations.noteReceiver();
  },
  JSXIdentifier({ node }, state) {
    if (node.name === 'this') state.activations.noteReceiver();
  },
};

/** Notes constructors that are functions, as older code has them: `Pool.prototype.query = …`. */
export const constructors: Visitor<FileState> = {
  FunctionDeclaration: {
    exit(path, state) {
      const { id, async: isAsync, generator: isGenerator } = path.node;
      if (isAsync || isGenerator || !id || !libraryClassNames.has(id.name) || !state.isOwn) return;
      markConstructor(path, state);
    },
  },
};

function className(path: NodePath): string {
  return (path.node as t.Class).id?.name ?? givenName(path);
}

function declareIn(
  fn: NodePath<AnyFunction>,
  { returns, otherReturns }: Activation,
  { output, changes }: FileState,
): void {
  const { node } = fn;
  const result = declareTemporaries(node, output);
  if (result) {
    const mayAdopt = returns.delete(node as t.ArrowFunctionExpression);
    (mayAdopt ? returns : otherReturns).add(result);
  }
  changes.extended.add(fn);
}

/** Rewrites an async generator, or a generator that runs in the frame of its creation. Both stay native. */
function rewriteGenerator(
  fn: NodePath<AnyFunction>,
  activation: Activation,
  { output, changes }: FileState,
): void {
  const node = activation.runsWhereCreated ? keepCreation(fn.node, output) : fn.node;
  changes.replace(fn, rewriteNativeBody(node, activation, output));
}

function rewriteAsync(fn: NodePath<AnyFunction>, activation: Activation, state: FileState): void {
  const { output, changes } = state;
  if (mustStayNative(fn)) {
    rewriteReturns(activation, { suspends: true, isSync: false }, output);
    changes.replace(fn, rewriteNativeBody(fn.node, activation, output));
    return;
  }
  if (isTextRead(fn)) {
    rewriteReturns(activation, { suspends: true, isSync: false }, output);
    placeWritten(fn, activation, state);
    return;
  }
  const facts = factsOf(fn, activation, state);
  rewriteReturns(activation, facts, output);
  placeFunction(fn, facts, state);
  keepForMarks(fn);
}

function factsOf(fn: NodePath<AnyFunction>, activation: Activation, state: FileState): Facts {
  const { node } = fn;
  const { suspensions, needsNative, site, hasEval, usesSuper, usesReceiver } = activation;
  const suspends = suspensions > 0;
  return {
    site,
    suspends,
    isSync: !suspends && !needsNative && node.params.every(isPlainParameter),
    hasEval,
    usesSuper,
    usesReceiver,
    name: functionName(fn),
    tracedName: tracedName(fn),
    ownName: useOfOwnName(fn, hasEval),
    isInInnerBlock: isInInnerBlock(fn),
    mayBeVariable: mayBeVariable(fn, state),
    repeatsParameter: repeatsParameter(node),
  };
}

function useOfOwnName({ node, scope }: NodePath<AnyFunction>, hasEval: boolean): Facts['ownName'] {
  if (node.type !== 'FunctionExpression' || !node.id) return 'unused';
  const own = scope.getOwnBinding(node.id.name);
  if (own && (!own.constant || hasEval)) return 'assigned';
  return own?.kind === 'local' && own.referenced ? 'read' : 'unused';
}

function isInInnerBlock({ parentPath }: NodePath<AnyFunction>): boolean {
  return parentPath.isBlockStatement() && !parentPath.parentPath.isFunction();
}

/**
 * Returns true for a declaration at the head of a function or script, unless another one has the same name, or lines have
 * to stay where they are: the variable stands at the head.
 */
function mayBeVariable(fn: NodePath<AnyFunction>, state: FileState): boolean {
  const { node, parentPath, scope } = fn;
  if (state.keepsLines) return false;
  if (node.type !== 'FunctionDeclaration' || !node.id) return false;
  const isInFunction = parentPath.isBlockStatement() && parentPath.parentPath.isFunction();
  if (!isInFunction && !(parentPath.isProgram() && !state.isModule)) return false;
  const binding = scope.parent.getOwnBinding(node.id.name);
  return binding?.path === fn && isDeclaredOnce(binding);
}

function isDeclaredOnce({ constantViolations }: { constantViolations: NodePath[] }): boolean {
  return constantViolations.every(
    (path) => path.isAssignmentExpression() || path.isUpdateExpression(),
  );
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
  { suspends, isSync }: Pick<Facts, 'suspends' | 'isSync'>,
  output: Output,
): void {
  const all = [...returns, ...otherReturns];
  if (isSync) for (const node of all) rewriteSyncReturn(node, output);
  else for (const node of overrules ? all : returns) rewriteReturn(node, suspends, output);
}
