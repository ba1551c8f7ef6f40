import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, classOf, propertyName } from '../bindings.js';
import type { Callee } from '../bindings.js';
import type { ClassMethodPoint, Point } from '../catalogue/entries.js';
import { ruleText } from '../catalogue/entries.js';
import { byPolicy, methodHelpers, promiseStatics, logs } from '../catalogue/language.js';
import { isInert, mayBeCallback } from '../callback-values.js';
import {
  rewriteCallbacks,
  rewriteMethodCall,
  rewriteNewPromise,
  rewriteLog,
  rewriteWholeCall,
} from '../rewrite/calls.js';
import { lowerChain } from '../rewrite/optional-chains.js';
import { replace } from '../rewrite/replace.js';
import { rewriteNewChannel, rewriteNewWorker } from '../rewrite/workers.js';
import type { FileState } from '../state.js';

/** Rewrites calls that pass work on: of globals, of modules, of `Promise`, and of methods known by name. */
export const calls: Visitor<FileState> = {
  CallExpression: {
    enter(path, state) {
      // Decided before the arguments are rewritten: afterwards each is a call.
      if (path.node.arguments.every(isInert)) inert.add(path.node);
      noteRules(path, state);
    },
    exit(path, state) {
      const callee = calleeOf(path.node.callee, path.scope);
      if (callee?.name === 'eval') {
        for (const activation of state.activations) activation.hasEval = true;
      }
      if (callee && rewriteKnown(path, callee, state)) return;
      rewriteMethod(path, state);
    },
  },

  OptionalCallExpression: {
    enter(path, state) {
      noteRules(path, state);
    },
    exit(path, state) {
      const callee = calleeOf(path.node.callee, path.scope);
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
      const callee = calleeOf(path.node.callee, path.scope);
      if (callee) rewriteNew(path, callee, state);
    },
  },
};

const inert = new WeakSet<t.Node>();

function rewriteNew(path: NodePath<t.NewExpression>, callee: Callee, state: FileState): void {
  const { node } = path;
  const name = `new ${callee.name}`;
  const special = Object.hasOwn(constructors, callee.name) && constructors[callee.name]!;
  if (special && (callee.from === 'global' || callee.module === 'worker_threads')) {
    const { kind, rewrite } = special;
    if (!state.coversHere(kind)) return;
    state.at(node, kind, name);
    const rewritten = rewrite(path, state);
    if (rewritten === undefined) state.sites.takeBack();
    else replace(path, rewritten, state);
    return;
  }
  const point = state.catalogue.pointOf(callee, true);
  if (point === undefined || !('callbacks' in point) || !state.coversHere(point.kind)) return;
  state.at(node, point.kind, name);
  if (rewriteCallbacks(node, point, state)) state.touch(path);
  else state.sites.takeBack();
}

type RewriteNew = (path: NodePath<t.NewExpression>, state: FileState) => t.Expression | undefined;

/** Constructors that have a rewrite of their own. */
const constructors: Readonly<Record<string, { kind: 'promise' | 'worker'; rewrite: RewriteNew }>> =
  {
    Promise: { kind: 'promise', rewrite: rewriteNewPromise },
    Worker: { kind: 'worker', rewrite: rewriteNewWorker },
    MessageChannel: { kind: 'worker', rewrite: rewriteNewChannel },
  };

/** Rewrites a call whose callee is known. Returns true when it needs no other rewrite. */
function rewriteKnown(
  path: NodePath<t.CallExpression> | NodePath<t.OptionalCallExpression>,
  callee: Callee,
  state: FileState,
): boolean {
  const { node } = path;
  const point = state.catalogue.pointOf(callee);
  if (point) {
    if (state.coversHere(point.kind)) {
      state.at(node, point.kind, callee.name);
      if (rewritePoint(path, point, state)) state.touch(path);
      else state.sites.takeBack();
    }
    return true;
  }
  if (callee.from === 'module') {
    const isLog = Object.hasOwn(logs, callee.module) && logs[callee.module]!.has(callee.name);
    if (!isLog || !state.options.sites || node.type !== 'CallExpression') return false;
    replace(path, rewriteLog(node, state.at(node, 'event', callee.name), state), state);
    return true;
  }
  return rewritePromiseStatic(path, callee.name, state);
}

function rewritePoint(
  path: NodePath<t.CallExpression> | NodePath<t.OptionalCallExpression>,
  point: Point,
  state: FileState,
): boolean {
  const { node } = path;
  if ('callbacks' in point) {
    if (!rewriteCallbacks(node, point, state)) return false;
    if (point.as === 'listening' && node.type === 'CallExpression') {
      replace(path, state.call('showing', node), state);
    }
    return true;
  }
  if (node.type !== 'CallExpression') return false;
  replace(
    path,
    'helper' in point
      ? rewriteWholeCall(node, point.helper, state)
      : state.call(point.result, node),
    state,
  );
  return true;
}

function rewritePromiseStatic(path: NodePath<t.Node>, name: string, state: FileState): boolean {
  if (!name.startsWith('Promise.') || path.node.type !== 'CallExpression') return false;
  const method = name.slice('Promise.'.length);
  if (!Object.hasOwn(promiseStatics, method)) return false;
  const { kind, helper } = promiseStatics[method]!;
  if (!state.coversHere(kind)) return true;
  state.at(path.node, kind, name);
  replace(
    path,
    rewriteMethodCall(path.node, { helper, first: [] }, { readLate: false }, state),
    state,
  );
  return true;
}

function rewriteMethod(path: NodePath<t.CallExpression>, state: FileState): void {
  const { node } = path;
  if (node.callee.type !== 'MemberExpression') return;
  const name = propertyName(node.callee);
  const method = name === undefined ? undefined : methodOf(name, node, state);
  if (method === undefined) return;
  // The position of the method: a chain of calls starts at its first receiver, so calls would share it.
  state.at(node.callee.property, method.kind, name!);
  replace(path, rewriteMethodCall(node, method, { readLate: inert.has(node) }, state), state);
}

/** The helper that calls a method known by name, and its leading string arguments. */
export interface MethodHelper {
  readonly helper: Parameters<FileState['call']>[0];
  readonly first: readonly string[];
}

/** Returns the helper for a method, by its name; undefined when its kind is skipped here. */
function methodOf(
  name: string,
  call: t.CallExpression | t.OptionalCallExpression,
  state: FileState,
): (MethodHelper & { kind: ClassMethodPoint['kind'] }) | undefined {
  if (Object.hasOwn(methodHelpers, name)) {
    const { kind, helper } = methodHelpers[name]!;
    if (!state.coversHere(kind)) return undefined;
    const ruled = state.eventPolicy === 'auto' ? undefined : byPolicy.get(helper);
    return ruled
      ? { kind, helper: ruled, first: [state.eventPolicy] }
      : { kind, helper, first: [] };
  }
  const rules = ruled.get(call);
  if (rules === undefined || !state.coversHere(rules[0]!.kind)) return undefined;
  const text = rules.map((rule) => ruleText(rule, state.eventPolicy)).join(';');
  return { kind: rules[0]!.kind, helper: 'spawnInMethod', first: [text] };
}

/** Calls of methods that take callbacks in some class, with the rules of those classes. */
const ruled = new WeakMap<t.Node, readonly ClassMethodPoint[]>();

/** Records the rules that apply to a call. Runs before the arguments are rewritten, because it inspects them. */
function noteRules(
  path: NodePath<t.CallExpression> | NodePath<t.OptionalCallExpression>,
  state: FileState,
): void {
  const { callee } = path.node;
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return;
  const name = propertyName(callee);
  if (name === undefined) return;
  const rules = state.catalogue.classMethods(name);
  if (rules.length === 0 || isContext(callee.object, path.scope)) return;
  const takesMembers = rules.some(({ as }) => as === 'members');
  const isOne = (argument: t.Node): boolean =>
    mayBeCallback(argument, path.scope) || (takesMembers && !isInert(argument));
  if (rules.some(({ certain }) => certain) || path.node.arguments.some(isOne)) {
    ruled.set(path.node, rules);
  }
}

/** Returns true for a variable, storage or snapshot: `user.run(value, fn)` calls `fn` synchronously. */
function isContext(receiver: t.Node, scope: NodePath['scope']): boolean {
  const made = classOf(receiver, scope);
  return made?.from === 'module' && contextModules.test(made.module);
}

const contextModules = /^(?:@throughline\/|async_hooks$)/;

/** Calls of methods known by name, by the optional chain that contains them. */
const noted = new WeakMap<t.Node, Map<t.Node, MethodHelper & { kind: Point['kind'] }>>();

function noteMethod(path: NodePath<t.OptionalCallExpression>, state: FileState): void {
  const { callee } = path.node;
  if (callee.type !== 'OptionalMemberExpression' && callee.type !== 'MemberExpression') return;
  const name = propertyName(callee);
  if (name === undefined || callee.object.type === 'Super') return;
  const method = methodOf(name, path.node, state);
  if (method === undefined) return;

  const { node: chain, parent } = wholeChain(path);
  // `delete a?.b` needs the chain itself, not its value.
  if (parent.type === 'UnaryExpression' && parent.operator === 'delete') return;
  noted.set(chain, (noted.get(chain) ?? new Map()).set(path.node, method));
}

/** Returns the outermost link of an optional chain, which short-circuits as a whole. */
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
    path as NodePath<t.OptionalCallExpression>,
    new Set(found.keys()),
    (call, receiver, read) => {
      const callee = call.callee as t.MemberExpression;
      const { kind, helper, first } = found.get(call)!;
      state.at(callee.property, kind, propertyName(callee)!);
      const told = first.map((text) => state.t.stringLiteral(text));
      return state.call(helper, ...told, receiver, read, ...call.arguments);
    },
    state,
  );
  replace(path, lowered, state);
}
