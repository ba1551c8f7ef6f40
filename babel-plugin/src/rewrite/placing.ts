import type { NodePath, types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';
import { keyName } from '../names.js';
import type { AnyFunction, Types } from '../nodes.js';
import { patternNames } from './blocks.js';
import { asMethod, splitAsyncFunction, keepName } from './functions.js';
import type { Facts } from './functions.js';
import type { Writer } from './changes.js';

type Declaration = BabelTypes.FunctionDeclaration;
type ObjectMethod = BabelTypes.ObjectMethod;
type Method = ObjectMethod | BabelTypes.ClassMethod | BabelTypes.ClassPrivateMethod;

/** Replaces an async function with its rewritten form, in the way that changes the surrounding code least. */
export function placeFunction(path: NodePath<AnyFunction>, facts: Facts, writer: Writer): void {
  const { node } = path;
  switch (node.type) {
    case 'FunctionDeclaration':
      return placeDeclaration(path as NodePath<Declaration>, facts, writer);
    case 'FunctionExpression':
      return placeExpression(path as NodePath<BabelTypes.FunctionExpression>, facts, writer);
    case 'ArrowFunctionExpression':
      return placeArrow(path as NodePath<BabelTypes.ArrowFunctionExpression>, facts, writer);
    default:
      // A method of an object can become a property, unless `super` ties it to the object.
      if (node.type === 'ObjectMethod' && !facts.usesSuper) {
        return placeObjectMethod(path as NodePath<ObjectMethod>, facts, writer);
      }
      return placeMethod(path as NodePath<Method>, facts, writer);
  }
}

/** Rewrites `async () => { ... }` to `markAsync({ _: 0, load: () => run(...) }.load)`. */
function placeArrow(
  path: NodePath<BabelTypes.ArrowFunctionExpression>,
  facts: Facts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  const { node } = path;
  const { params, body } = splitAsyncFunction(node, facts, output);
  const arrow = t.arrowFunctionExpression(
    params as BabelTypes.FunctionParameter[],
    conciseIfPossible(body),
  );
  arrow.loc = node.loc ?? null;
  const named = facts.name === '' ? arrow : keepName(arrow, facts.name, t);
  const marked = output.call('markAsync', named);
  const key = facts.name === '' ? namingKey(path, { output, changes }) : undefined;
  if (key) marked.arguments.push(key);
  changes.replace(path, marked);
}

function placeMethod(path: NodePath<Method>, facts: Facts, { output, changes }: Writer): void {
  const { node } = path;
  const { params, body } = splitAsyncFunction(node, facts, output);
  changes.replace(path, { ...node, async: false, params, body } as Method);
}

/** Rewrites `{ async load() { ... } }` to `{ load: markAsync({ load() { ... } }.load) }`. */
function placeObjectMethod(
  path: NodePath<ObjectMethod>,
  facts: Facts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, output);
  if (!node.computed) {
    const isProto = facts.name === '__proto__';
    const key = isProto ? t.stringLiteral(facts.name) : node.key;
    const value = output.call('markAsync', asMethod(facts.name, parts, t));
    return changes.replace(path, t.objectProperty(key, value, isProto));
  }
  //   { [key = toKey(name)]: markAsync({ [key]() { ... } }[key]) }
  const key = computedKey(node, path, output);
  const method = t.objectMethod('method', t.identifier(key.name), ...methodParts(parts), true);
  const taken = t.memberExpression(t.objectExpression([method]), t.identifier(key.name), true);
  changes.replace(path, t.objectProperty(node.key, output.call('markAsync', taken), true));
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
function namingKey(path: NodePath, { output, changes }: Writer): BabelTypes.Identifier | undefined {
  const { parent } = path;
  if (parent.type !== 'ObjectProperty' || !parent.computed || parent.value !== path.node) return;
  changes.touch(path.parentPath!);
  return output.t.identifier(computedKey(parent, path, output).name);
}

/** Evaluates a computed key once, in its position, and stores it: `[key = toKey(name)]`. */
function computedKey(
  member: BabelTypes.ObjectProperty | BabelTypes.ObjectMethod | BabelTypes.ClassMethod,
  path: NodePath,
  output: Output,
): BabelTypes.Identifier {
  const { t } = output;
  const key = output.temporary('key', path);
  const once = output.call('toKey', member.key as BabelTypes.Expression);
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

/** Rewrites `async function load() { ... }` as an expression to `markAsync({ load() { ... } }.load)`. */
function placeExpression(
  path: NodePath<BabelTypes.FunctionExpression>,
  facts: Facts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, output);
  if (facts.ownName === 'assigned' || repeatsName(parts.params)) {
    // Its body may assign to its own name, or two parameters share a name. A method allows neither.
    const params = parts.params as BabelTypes.FunctionParameter[];
    parts.body.body.unshift(refusesNew(facts.name || 'anonymous function', output));
    const fn = t.functionExpression(node.id ?? null, params, parts.body);
    return changes.replace(path, output.call('markAsync', fn));
  }
  const marked = output.call('markAsync', asMethod(facts.name || ANONYMOUS, parts, t));
  // Libraries that parse parameters need source text that begins like a function's. The method therefore has a
  // name, which `markAsync` removes.
  if (facts.name === '') {
    marked.arguments.push(namingKey(path, { output, changes }) ?? t.stringLiteral(''));
  }
  changes.replace(path, facts.ownName === 'read' ? bound(node.id!.name, marked, t) : marked);
}

/** Returns `(() => { const load = marked; return load; })()`, for a function that refers to itself. */
function bound(name: string, marked: BabelTypes.Expression, t: Types): BabelTypes.Expression {
  const declared = t.variableDeclaration('const', [
    t.variableDeclarator(t.identifier(name), marked),
  ]);
  const block = t.blockStatement([declared, t.returnStatement(t.identifier(name))]);
  return t.callExpression(t.arrowFunctionExpression([], block), []);
}

/**
 * Rewrites a function declaration. At the top of a function or module it stays a declaration, because it may be
 * called before its position. In an inner block of sloppy code, a plain function would leak out of the block
 * (ECMAScript B.3.2), but an async one does not, so it becomes a `let` at the head of the block.
 */
function placeDeclaration(
  path: NodePath<Declaration>,
  facts: Facts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, output);
  if (facts.isInInnerBlock) {
    const id = t.identifier(node.id!.name);
    const fn = output.call('markAsync', asMethod(facts.name, parts, t));
    const declared = t.variableDeclaration('let', [t.variableDeclarator(id, fn)]);
    declared.loc = node.loc ?? null;
    changes.replace(path, t.emptyStatement());
    hoist(path, declared);
    return;
  }

  const id = node.id ?? output.uid('default');
  parts.body.body.unshift(refusesNew(facts.name, output));
  const params = parts.params as BabelTypes.FunctionParameter[];
  const declaration = t.functionDeclaration(id, params, parts.body);
  declaration.loc = node.loc ?? null;
  changes.replace(path, declaration);
  const mark = output.call('markAsync', t.identifier(id.name));
  if (!node.id) mark.arguments.push(t.stringLiteral('default'));
  hoist(path, t.expressionStatement(mark));
}

const ANONYMOUS = 'anonymous';

function repeatsName(params: readonly BabelTypes.Node[]): boolean {
  const names = params.flatMap(patternNames);
  return new Set(names).size < names.length;
}

/** Returns `if (new.target) throw notConstructorError("load")`. */
function refusesNew(name: string, output: Output): BabelTypes.Statement {
  const { t } = output;
  return t.ifStatement(
    t.metaProperty(t.identifier('new'), t.identifier('target')),
    t.throwStatement(output.call('notConstructorError', t.stringLiteral(name))),
  );
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

/** Marks the async methods of an object literal: `markAsyncMembers({ load() { ... } }, ["load"])`. */
export function markMembers(
  path: NodePath<BabelTypes.ObjectExpression>,
  asyncMethods: readonly BabelTypes.Node[],
  { output, changes }: Writer,
): void {
  const { t } = output;
  const keys = path.node.properties
    .filter((p): p is BabelTypes.ObjectMethod => asyncMethods.includes(p))
    .map((method) => memberKey(method, path, output));
  changes.replace(path, output.call('markAsyncMembers', path.node, t.arrayExpression(keys)));
}

/**
 * Marks the async methods of a class, in its first static field. Most compilers support this form:
 *
 *   static #marks = markAsyncMembers(this.prototype, ["load"]);
 */
export function markClass(
  path: NodePath<BabelTypes.ClassBody>,
  asyncMethods: readonly (BabelTypes.ClassMethod | BabelTypes.ClassPrivateMethod)[],
  { output, changes }: Writer,
): void {
  const { t } = output;
  const marks = [false, true].flatMap((isStatic) => {
    const methods = asyncMethods.filter(
      (method): method is BabelTypes.ClassMethod =>
        method.type === 'ClassMethod' && Boolean(method.static) === isStatic,
    );
    if (methods.length === 0) return [];
    const holder = isStatic
      ? t.thisExpression()
      : t.memberExpression(t.thisExpression(), t.identifier('prototype'));
    const keys = t.arrayExpression(methods.map((method) => memberKey(method, path, output)));
    return [output.call('markAsyncMembers', holder, keys)];
  });
  for (const method of asyncMethods) {
    // Private instance methods can be reached only through an instance, and stay unmarked.
    if (method.type !== 'ClassPrivateMethod' || !method.static) continue;
    const member = t.memberExpression(t.thisExpression(), t.cloneNode(method.key));
    marks.push(output.call('markAsync', member));
  }
  if (marks.length === 0) return;
  changes.touch(path);
  const name = t.privateName(t.identifier('_throughline'));
  const value = marks.length === 1 ? marks[0]! : t.sequenceExpression(marks);
  path.node.body.unshift(t.classPrivateProperty(name, value, [], true));
}

/** Returns a member's key as an expression. */
function memberKey(
  method: BabelTypes.ObjectMethod | BabelTypes.ClassMethod,
  path: NodePath,
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  if (!method.computed) return t.stringLiteral(keyName(method.key));
  return t.identifier(computedKey(method, path, output).name);
}
