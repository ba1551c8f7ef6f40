import { isBuiltin } from 'node:module';
import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, classOf, propertyName } from '../bindings.js';
import type { Callee } from '../bindings.js';
import { callbackIndexes } from '../callback-arguments.js';
import { ruleText } from '../catalogue/entries.js';
import type { CallbackPoint, ClassMethodPoint, Point } from '../catalogue/entries.js';
import {
  byPolicy,
  logs,
  makesPromise,
  methodHelpers,
  promiseStatics,
} from '../catalogue/language.js';
import { isInert, mayBeCallback } from '../callback-values.js';
import {
  rewriteCallbacks,
  rewriteCallThrough,
  rewriteMethodCall,
  rewriteNewPromise,
  rewriteLog,
  rewriteWholeCall,
  rewrittenMethodCall,
} from '../rewrite/calls.js';
import type { MethodHelper } from '../rewrite/calls.js';
import { lowerChain } from '../rewrite/optional-chains.js';
import { rewriteNewChannel, rewriteNewWorker } from '../rewrite/workers.js';
import type { SiteTable } from '../sites.js';
import type { FileState } from '../state.js';

/** Rewrites calls that pass work on: of globals, of modules, of `Promise`, and of methods known by name. */
export const calls: Visitor<FileState> = {
  CallExpression: {
    enter(path, state) {
      // Decided before the arguments are rewritten: afterwards each is a call.
      if (path.node.arguments.every(isInert)) inert.add(path.node);
      noteRules(path, state);
      noteIndirect(path, state);
    },
    exit(path, state) {
      const callee = calleeOf(path.node.callee, path.scope);
      if (callee?.name === 'eval') state.activations.noteEval();
      if (callee && rewriteKnown(path, callee, state)) return;
      if (callee && rewriteMaker(path, callee, state)) return;
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
    const { kind, applies = () => true, rewrite } = special;
    if (!state.coversHere(kind) || !applies(node)) return;
    state.sites.add(node, kind, name);
    state.changes.replace(path, rewrite(node, state));
    return;
  }
  const point = state.catalogue.pointOf(callee, true);
  if (point && 'callbacks' in point && state.coversHere(point.kind)) {
    rewriteCallbacksOf(path, point, name, state);
  }
}

interface Constructor {
  readonly kind: 'promise' | 'worker';
  readonly applies?: (node: t.NewExpression) => boolean;
  readonly rewrite: (node: t.NewExpression, state: FileState) => t.Expression;
}

/** Constructors that have a rewrite of their own. */
const constructors: Readonly<Record<string, Constructor>> = {
  Promise: {
    kind: 'promise',
    applies: ({ arguments: args }) => args.length === 1 && args[0]!.type !== 'SpreadElement',
    rewrite: (node, { output }) => rewriteNewPromise(node, output),
  },
  Worker: {
    kind: 'worker',
    rewrite: (node, { output, sites }) =>
      rewriteNewWorker(node, workerFile(node.arguments[0], sites), output),
  },
  MessageChannel: {
    kind: 'worker',
    rewrite: (node, { output }) => rewriteNewChannel(node, output),
  },
};

/** Returns the worker's file, in the form that bundlers recognise: `new URL('./worker.js', import.meta.url)`. */
function workerFile(url: t.Node | undefined, sites: SiteTable): string | undefined {
  if (url?.type !== 'NewExpression' || url.callee.type !== 'Identifier') return undefined;
  const [path, base] = url.arguments;
  if (url.callee.name !== 'URL' || path?.type !== 'StringLiteral') return undefined;
  return base?.type === 'MemberExpression' ? sites.resolve(path.value) : undefined;
}

/** Rewrites the callbacks of a call, if it has any. Returns true if it did. */
function rewriteCallbacksOf(
  path: NodePath<t.CallExpression | t.OptionalCallExpression | t.NewExpression>,
  point: CallbackPoint,
  name: string,
  state: FileState,
): boolean {
  const { node } = path;
  const indexes = callbackIndexes(point, node.arguments);
  if (indexes === undefined) return false;
  const site = state.sites.add(node, point.kind, name);
  const { eventPolicy: policy } = state.directives;
  rewriteCallbacks(node, point, indexes, { site, policy }, state.output);
  state.changes.touch(path);
  return true;
}

/** Rewrites a call whose callee is known. Returns true when it needs no other rewrite. */
function rewriteKnown(
  path: NodePath<t.CallExpression> | NodePath<t.OptionalCallExpression>,
  callee: Callee,
  state: FileState,
): boolean {
  const { node } = path;
  const point = state.catalogue.pointOf(callee);
  if (point) {
    if (state.coversHere(point.kind)) rewritePoint(path, point, callee.name, state);
    return true;
  }
  if (callee.from === 'module') {
    const isLog = Object.hasOwn(logs, callee.module) && logs[callee.module]!.has(callee.name);
    if (!isLog || !state.options.sites || node.type !== 'CallExpression') return false;
    const site = state.sites.add(node, 'event', callee.name);
    state.changes.replace(path, rewriteLog(node, site, state.output));
    return true;
  }
  return rewritePromiseStatic(path, callee.name, state);
}

function rewritePoint(
  path: NodePath<t.CallExpression> | NodePath<t.OptionalCallExpression>,
  point: Point,
  name: string,
  state: FileState,
): void {
  const { node } = path;
  const { output, changes } = state;
  if ('callbacks' in point) {
    const isRewritten = rewriteCallbacksOf(path, point, name, state);
    if (isRewritten && point.as === 'spawnListener' && node.type === 'CallExpression') {
      changes.replace(path, output.call('exposeListeners', node));
    }
    return;
  }
  if (node.type !== 'CallExpression') return;
  const site = state.sites.add(node, point.kind, name);
  const rewritten =
    'helper' in point
      ? rewriteWholeCall(node, point.helper, site, output)
      : output.call(point.result, node);
  changes.replace(path, rewritten);
}

/** Rewrites a call whose promise nobody waits for here: a failure of it is one of the code that made it. */
function rewriteMaker(path: NodePath<t.CallExpression>, callee: Callee, state: FileState): boolean {
  if (!path.parentPath.isExpressionStatement() || !isMaker(callee)) return false;
  if (!state.coversHere('promise')) return false;
  state.changes.replace(path, state.output.call('madeHere', path.node));
  return true;
}

function isMaker(callee: Callee): boolean {
  if (callee.from !== 'module') return false;
  return makesPromise(callee.module, callee.name) && isBuiltin(callee.module);
}

function rewritePromiseStatic(path: NodePath<t.Node>, name: string, state: FileState): boolean {
  if (!name.startsWith('Promise.') || path.node.type !== 'CallExpression') return false;
  const method = name.slice('Promise.'.length);
  if (!Object.hasOwn(promiseStatics, method)) return false;
  const { kind, helper } = promiseStatics[method]!;
  if (!state.coversHere(kind)) return true;
  const site = state.sites.add(path.node, kind, name);
  const options = { site, readLate: false };
  state.changes.replace(
    path,
    rewriteMethodCall(path.node, { helper, first: [] }, options, state.output),
  );
  return true;
}

function rewriteMethod(path: NodePath<t.CallExpression>, state: FileState): void {
  const { node } = path;
  if (node.callee.type !== 'MemberExpression') return;
  const name = propertyName(node.callee);
  const through = indirect.get(node);
  if (through !== undefined) {
    const site = state.sites.add(node.callee.property, through.kind, through.name);
    state.changes.replace(path, rewriteCallThrough(node, through, site, state.output));
    return;
  }
  const method = name === undefined ? undefined : methodOf(name, node, state);
  if (method === undefined) return;
  // The position of the method: a chain of calls starts at its first receiver, so calls would share it.
  const site = state.sites.add(node.callee.property, method.kind, name!);
  const options = { site, readLate: inert.has(node) };
  state.changes.replace(path, rewriteMethodCall(node, method, options, state.output));
}

/** Returns the helper for a method, by its name; undefined when its kind is skipped here. */
function methodOf(
  name: string,
  call: t.CallExpression | t.OptionalCallExpression,
  state: FileState,
): (MethodHelper & { kind: ClassMethodPoint['kind'] }) | undefined {
  return helperFor(name, ruled.get(call) ?? [], state);
}

function helperFor(
  name: string,
  rules: readonly ClassMethodPoint[],
  state: FileState,
): (MethodHelper & { kind: ClassMethodPoint['kind'] }) | undefined {
  const { eventPolicy: policy } = state.directives;
  if (Object.hasOwn(methodHelpers, name)) {
    const { kind, helper } = methodHelpers[name]!;
    if (!state.coversHere(kind)) return undefined;
    const withPolicy = policy === 'auto' ? undefined : byPolicy.get(helper);
    return withPolicy ? { kind, helper: withPolicy, first: [policy] } : { kind, helper, first: [] };
  }
  // A name may be that of methods of several kinds: `connect` of a socket takes a listener, that of a pool a callback.
  const [first, ...others] = rules.filter(({ kind }) => state.coversHere(kind));
  if (first === undefined) return undefined;
  const text = [first, ...others].map((rule) => ruleText(rule, policy)).join(';');
  return { kind: first.kind, helper: 'spawnInMethod', first: [text] };
}

/** Calls of methods that take callbacks in some class, with the rules of those classes. */
const ruled = new WeakMap<t.Node, readonly ClassMethodPoint[]>();

/** Calls by `apply` and `call` of a method that takes callbacks, with its helper. */
const indirect = new WeakMap<
  t.Node,
  MethodHelper & { kind: ClassMethodPoint['kind']; name: string }
>();

/** Records the helper for `object.method.apply(self, args)`. Runs before the arguments are rewritten. */
function noteIndirect(path: NodePath<t.CallExpression>, state: FileState): void {
  const { callee, arguments: args } = path.node;
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'MemberExpression') return;
  const way = propertyName(callee);
  if (way !== 'apply' && way !== 'call') return;
  const name = propertyName(callee.object);
  // The helper reads `apply` after the arguments, which no argument may observe.
  if (name === undefined || !args.every(isPlain)) return;
  const [, ...given] = args;
  const isOne = (argument: t.Node): boolean =>
    way === 'apply' ? mayHoldCallback(argument, path.scope) : mayBeCallback(argument, path.scope);
  if (!given.some(isOne)) return;
  const helper = helperFor(name, state.catalogue.classMethods(name), state);
  if (helper !== undefined) indirect.set(path.node, { ...helper, name });
}

function isPlain(node: t.Node): boolean {
  if (node.type !== 'ArrayExpression') return isInert(node);
  return node.elements.every((element) => element !== null && isInert(element));
}

/** Returns true for a list that may have a callback: `arguments`, a variable, an array of one. */
function mayHoldCallback(node: t.Node, scope: NodePath['scope']): boolean {
  if (node.type === 'Identifier') return true;
  return (
    node.type === 'ArrayExpression' &&
    node.elements.some((element) => element !== null && mayBeCallback(element, scope))
  );
}

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
  if (rules.length === 0 || isSynchronous(callee.object, path.scope)) return;
  const takesMembers = rules.some(({ as }) => as === 'spawnMembers');
  const isOne = (argument: t.Node): boolean =>
    mayBeCallback(argument, path.scope) || (takesMembers && !isInert(argument));
  if (rules.some(({ certain }) => certain) || path.node.arguments.some(isOne)) {
    ruled.set(path.node, rules);
  }
}

/**
 * Returns true for an object whose methods call back at once: a variable, storage or snapshot (`user.run(value, fn)`),
 * and a collection of the language.
 */
function isSynchronous(receiver: t.Node, scope: NodePath['scope']): boolean {
  const made = classOf(receiver, scope);
  if (made?.from === 'global') return collections.has(made.name);
  return made?.from === 'module' && contextModules.test(made.module);
}

const collections = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']);

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
      const method = found.get(call)!;
      const site = state.sites.add(callee.property, method.kind, propertyName(callee)!);
      return rewrittenMethodCall(method, site, receiver, read, call.arguments, state.output);
    },
    state.output,
  );
  state.changes.replace(path, lowered);
}
