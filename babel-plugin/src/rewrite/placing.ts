import type { NodePath, types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';
import { keyName } from '../names.js';
import { patternNames } from './blocks.js';
import { asMethod, splitAsyncFunction, keepName } from './functions.js';
import type { AnyFunction, Facts } from './functions.js';
import { replace } from './replace.js';

type Declaration = BabelTypes.FunctionDeclaration;
type ObjectMethod = BabelTypes.ObjectMethod;
type Method = ObjectMethod | BabelTypes.ClassMethod | BabelTypes.ClassPrivateMethod;

/** Replaces an async function with its rewritten form, in the way that changes the surrounding code least. */
export function placeFunction(path: NodePath<AnyFunction>, facts: Facts, state: FileState): void {
  const { node } = path;
  switch (node.type) {
    case 'FunctionDeclaration':
      return placeDeclaration(path as NodePath<Declaration>, facts, state);
    case 'FunctionExpression':
      return replace(
        path,
        functionExpression(path as NodePath<BabelTypes.FunctionExpression>, facts, state),
        state,
      );
    case 'ArrowFunctionExpression': {
      const { t } = state;
      const { params, body } = splitAsyncFunction(node, facts, state);
      const arrow = t.arrowFunctionExpression(
        params as BabelTypes.FunctionParameter[],
        conciseIfPossible(body),
      );
      arrow.loc = node.loc ?? null;
      if (facts.name !== '')
        return replace(path, state.call('asAsync', keepName(arrow, facts.name, t)), state);
      const key = namingKey(path, state);
      return replace(
        path,
        key ? state.call('asAsync', arrow, key) : state.call('asAsync', arrow),
        state,
      );
    }
    default: {
      // A method of an object can become a property, unless `super` ties it to the object.
      if (node.type === 'ObjectMethod' && !facts.usesSuper) {
        return placeObjectMethod(path as NodePath<ObjectMethod>, facts, state);
      }
      const { params, body } = splitAsyncFunction(node, facts, state);
      replace(path, { ...node, async: false, params, body } as Method, state);
    }
  }
}

/** Rewrites `{ async load() { ... } }` to `{ load: asAsync({ load() { ... } }.load) }`. */
function placeObjectMethod(path: NodePath<ObjectMethod>, facts: Facts, state: FileState): void {
  const { t } = state;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, state);
  if (!node.computed) {
    const isProto = facts.name === '__proto__';
    const key = isProto ? t.stringLiteral(facts.name) : node.key;
    const value = state.call('asAsync', asMethod(facts.name, parts, t));
    return replace(path, t.objectProperty(key, value, isProto), state);
  }
  //   { [key = toKey(name)]: asAsync({ [key]() { ... } }[key]) }
  const key = computedKey(node, path, state);
  const method = t.objectMethod('method', t.identifier(key.name), ...methodParts(parts), true);
  const taken = t.memberExpression(t.objectExpression([method]), t.identifier(key.name), true);
  replace(path, t.objectProperty(node.key, state.call('asAsync', taken), true), state);
}

function methodParts({
  params,
  body,
}: ReturnType<typeof splitAsyncFunction>): [
  BabelTypes.FunctionParameter[],
  BabelTypes.BlockStatement,
] {
  return [params as BabelTypes.FunctionParameter[], body];
}

/** Stores the computed key that names a function when it is evaluated; undefined without such a key. */
function namingKey(path: NodePath, state: FileState): BabelTypes.Identifier | undefined {
  const { parent } = path;
  if (parent.type !== 'ObjectProperty' || !parent.computed || parent.value !== path.node) return;
  state.touch(path.parentPath!);
  return state.t.identifier(computedKey(parent, path, state).name);
}

/** Evaluates a computed key once, in its position, and stores it: `[key = toKey(name)]`. */
function computedKey(
  member: BabelTypes.ObjectProperty | BabelTypes.ObjectMethod | BabelTypes.ClassMethod,
  path: NodePath,
  state: FileState,
): BabelTypes.Identifier {
  const { t } = state;
  const key = state.temporary('key', path);
  const once = state.call('toKey', member.key as BabelTypes.Expression);
  member.key = t.assignmentExpression('=', t.identifier(key.name), once);
  return key;
}

/** Shortens `() => { return call; }` to `() => call`. */
function conciseIfPossible(
  body: BabelTypes.BlockStatement,
): BabelTypes.BlockStatement | BabelTypes.Expression {
  const [only] = body.body;
  return body.directives?.length === 0 && only?.type === 'ReturnStatement' ? only.argument! : body;
}

function functionExpression(
  path: NodePath<BabelTypes.FunctionExpression>,
  facts: Facts,
  state: FileState,
): BabelTypes.Expression {
  const { t } = state;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, state);
  const own = node.id && path.scope.getOwnBinding(node.id.name);
  const refersToItself = own?.kind === 'local' && own.referenced;
  if ((own && (!own.constant || facts.hasEval)) || repeatsName(parts.params)) {
    // Its body may assign to its own name, or two parameters share a name. A method allows neither.
    const params = parts.params as BabelTypes.FunctionParameter[];
    parts.body.body.unshift(refusesNew(facts.name || 'anonymous function', state));
    return state.call('asAsync', t.functionExpression(node.id ?? null, params, parts.body));
  }
  const marked = state.call('asAsync', asMethod(facts.name || ANONYMOUS, parts, t));
  // Libraries that parse parameters need source text that begins like a function's. The method therefore has a
  // name, which `asAsync` removes.
  if (facts.name === '') marked.arguments.push(namingKey(path, state) ?? t.stringLiteral(''));
  if (!refersToItself) return marked;

  //   (() => { const load = asAsync({ load() { ... load ... } }.load); return load; })()
  const id = node.id!;
  const declared = t.variableDeclaration('const', [
    t.variableDeclarator(t.identifier(id.name), marked),
  ]);
  const block = t.blockStatement([declared, t.returnStatement(t.identifier(id.name))]);
  return t.callExpression(t.arrowFunctionExpression([], block), []);
}

/**
 * Rewrites a function declaration. At the top of a function or module it stays a declaration, because it may be
 * called before its position. In an inner block of sloppy code, a plain function would leak out of the block
 * (ECMAScript B.3.2), but an async one does not, so it becomes a `let` at the head of the block.
 */
function placeDeclaration(path: NodePath<Declaration>, facts: Facts, state: FileState): void {
  const { t } = state;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, state);
  if (isInInnerBlock(path)) {
    const id = t.identifier(node.id!.name);
    const fn = state.call('asAsync', asMethod(facts.name, parts, t));
    const declared = t.variableDeclaration('let', [t.variableDeclarator(id, fn)]);
    declared.loc = node.loc ?? null;
    replace(path, t.emptyStatement(), state);
    hoist(path, declared);
    return;
  }

  const id = node.id ?? state.program.scope.generateUidIdentifier('default');
  parts.body.body.unshift(refusesNew(facts.name, state));
  const params = parts.params as BabelTypes.FunctionParameter[];
  const declaration = t.functionDeclaration(id, params, parts.body);
  declaration.loc = node.loc ?? null;
  replace(path, declaration, state);
  const mark = state.call('asAsync', t.identifier(id.name));
  if (!node.id) mark.arguments.push(t.stringLiteral('default'));
  hoist(path, t.expressionStatement(mark));
}

const ANONYMOUS = 'anonymous';

function repeatsName(params: readonly BabelTypes.Node[]): boolean {
  const names = params.flatMap(patternNames);
  return new Set(names).size < names.length;
}

/** Returns `if (new.target) throw notConstructor("load")`. */
function refusesNew(name: string, state: FileState): BabelTypes.Statement {
  const { t } = state;
  return t.ifStatement(
    t.metaProperty(t.identifier('new'), t.identifier('target')),
    t.throwStatement(state.call('notConstructor', t.stringLiteral(name))),
  );
}

function isInInnerBlock(path: NodePath): boolean {
  const { parentPath } = path;
  return parentPath!.isBlockStatement() && !parentPath.parentPath!.isFunction();
}

/** Statements that belong at the head of a block, until the block is left. */
const hoisted = new WeakMap<BabelTypes.Node, BabelTypes.Statement[]>();

function hoist(path: NodePath, statement: BabelTypes.Statement): void {
  const block = path.findParent(
    ({ node }) =>
      node.type === 'BlockStatement' ||
      node.type === 'Program' ||
      node.type === 'StaticBlock' ||
      node.type === 'SwitchCase' ||
      node.type === 'TSModuleBlock',
  )!.node;
  hoisted.set(block, [...(hoisted.get(block) ?? []), statement]);
}

/** Inserts the hoisted statements of a block at its head. Returns true if there were any. */
export function placeHoisted(
  block:
    | BabelTypes.BlockStatement
    | BabelTypes.Program
    | BabelTypes.StaticBlock
    | BabelTypes.SwitchCase
    | BabelTypes.TSModuleBlock,
): boolean {
  const statements = hoisted.get(block);
  if (statements === undefined) return false;
  hoisted.delete(block);
  const list = block.type === 'SwitchCase' ? block.consequent : block.body;
  list.unshift(...statements);
  return true;
}

/** Marks the async methods of an object literal: `asyncMembers({ load() { ... } }, ["load"])`. */
export function markMembers(
  path: NodePath<BabelTypes.ObjectExpression>,
  asyncMethods: readonly BabelTypes.Node[],
  state: FileState,
): void {
  const { t } = state;
  const keys = path.node.properties
    .filter((p): p is BabelTypes.ObjectMethod => asyncMethods.includes(p))
    .map((method) => memberKey(method, path, state));
  replace(path, state.call('asyncMembers', path.node, t.arrayExpression(keys)), state);
}

/**
 * Marks the async methods of a class, in its first static field. Most compilers support this form:
 *
 *   static #marks = asyncMembers(this.prototype, ["load"]);
 */
export function markClass(
  path: NodePath<BabelTypes.ClassBody>,
  asyncMethods: readonly (BabelTypes.ClassMethod | BabelTypes.ClassPrivateMethod)[],
  state: FileState,
): void {
  const { t } = state;
  const marks = [false, true].flatMap((isStatic) => {
    const methods = asyncMethods.filter(
      (method): method is BabelTypes.ClassMethod =>
        method.type === 'ClassMethod' && Boolean(method.static) === isStatic,
    );
    if (methods.length === 0) return [];
    const holder = isStatic
      ? t.thisExpression()
      : t.memberExpression(t.thisExpression(), t.identifier('prototype'));
    const keys = t.arrayExpression(methods.map((method) => memberKey(method, path, state)));
    return [state.call('asyncMembers', holder, keys)];
  });
  for (const method of asyncMethods) {
    // Private instance methods can be reached only through an instance, and stay unmarked.
    if (method.type !== 'ClassPrivateMethod' || !method.static) continue;
    const member = t.memberExpression(t.thisExpression(), t.cloneNode(method.key));
    marks.push(state.call('asAsync', member));
  }
  if (marks.length === 0) return;
  state.touch(path);
  const name = t.privateName(t.identifier('_throughline'));
  const value = marks.length === 1 ? marks[0]! : t.sequenceExpression(marks);
  path.node.body.unshift(t.classPrivateProperty(name, value, [], true));
}

/** Returns a member's key as an expression. */
function memberKey(
  method: BabelTypes.ObjectMethod | BabelTypes.ClassMethod,
  path: NodePath,
  state: FileState,
): BabelTypes.Expression {
  const { t } = state;
  if (!method.computed) return t.stringLiteral(keyName(method.key));
  return t.identifier(computedKey(method, path, state).name);
}
