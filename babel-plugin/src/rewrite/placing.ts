import type { NodePath, types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';
import { keyName } from '../names.js';
import { typeWrappers } from '../nodes.js';
import type { AnyFunction, Types } from '../nodes.js';
import { patternNames } from './blocks.js';
import { namedFunction, namedMethod, splitAsyncFunction } from './functions.js';
import type { Facts } from './functions.js';
import { isAtTop, madeOnceAt } from './kept-functions.js';
import type { Changes, Writer } from './changes.js';

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

/** Rewrites `async () => { ... }` to `asyncMember({ load: () => run(...) }, "load")`. */
function placeArrow(
  path: NodePath<BabelTypes.ArrowFunctionExpression>,
  facts: Facts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  const { node } = path;
  const { params, body } = splitAsyncFunction(node, facts, output, madeOnceAt(path, output));
  const arrow = t.arrowFunctionExpression(
    params as BabelTypes.FunctionParameter[],
    conciseIfPossible(body),
  );
  arrow.loc = node.loc ?? null;
  if (facts.name !== '')
    return replaceByValue(path, namedFunction(arrow, facts.name, output), changes);
  // Nobody sees an arrow that is only called, so nobody can tell whether it is marked. Marking is what costs most.
  if (isCallee(path)) return changes.replace(path, arrow);
  const marked = output.call('markAsync', arrow);
  const key = namingKey(path, { output, changes });
  if (key) marked.arguments.push(key);
  replaceByValue(path, marked, changes);
}

/**
 * Puts a call that marks a function in the place of the function. Making a function has no effects, so that bundlers
 * may leave the call out together with a function that nobody uses.
 */
export function replaceByValue(
  path: NodePath,
  marked: BabelTypes.Expression,
  changes: Changes,
): void {
  changes.replace(path, isCalled(path) ? marked : pure(marked, path.node.leadingComments));
}

/** Returns true if what a path holds is called, and nothing else. */
function isCallee(path: NodePath): boolean {
  const [child, parent] = withoutTypes(path);
  return child.key === 'callee' && /^(Optional)?CallExpression$/.test(parent.type);
}

/** Returns true if what a path holds is called, or a member of it is taken: the comment would cover all of that. */
function isCalled(path: NodePath): boolean {
  const [child] = withoutTypes(path);
  return ['callee', 'object', 'tag'].includes(String(child.key));
}

/** Returns the outermost of the type assertions around an expression, and what that is in. */
function withoutTypes(path: NodePath): [NodePath, NodePath] {
  let [child, parent] = [path, path.parentPath!];
  while (typeWrappers.has(parent.node.type)) [child, parent] = [parent, parent.parentPath!];
  return [child, parent];
}

/** Adds the comment by which bundlers know a call without effects, after the comments that the program wrote. */
export function pure<N extends BabelTypes.Expression>(
  call: N,
  written?: BabelTypes.Comment[] | null,
): N {
  const mark = { type: 'CommentBlock', value: ' @__PURE__ ' } as BabelTypes.Comment;
  call.leadingComments = [...(written ?? []), mark];
  return call;
}

function placeMethod(path: NodePath<Method>, facts: Facts, { output, changes }: Writer): void {
  const { node } = path;
  const { params, body } = splitAsyncFunction(node, facts, output);
  changes.replace(path, { ...node, async: false, params, body } as Method);
}

/** Rewrites `{ async load() { ... } }` to `{ load: asyncMember({ load() { ... } }, "load") }`. */
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
    const value = pure(namedMethod(facts.name, parts, output));
    return changes.replace(path, t.objectProperty(key, value, isProto));
  }
  //   { [key = toKey(name)]: asyncMember({ [key]() { ... } }, key) }
  const key = computedKey(node, path, output);
  const method = t.objectMethod('method', t.identifier(key.name), ...methodParts(parts), true);
  const value = output.call('asyncMember', t.objectExpression([method]), t.identifier(key.name));
  changes.replace(path, t.objectProperty(node.key, pure(value), true));
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

/** Returns the computed key that names a function, as an expression; undefined without such a key. */
export function namingKey(
  path: NodePath,
  { output, changes }: Writer,
): BabelTypes.Expression | undefined {
  const { parent } = path;
  if (parent.type === 'ObjectProperty' && parent.computed && parent.value === path.node) {
    changes.touch(path.parentPath!);
    return output.t.identifier(computedKey(parent, path, output).name);
  }
  const isField = parent.type === 'ClassProperty' || parent.type === 'ClassAccessorProperty';
  if (!isField || !parent.computed || parent.value !== path.node) return undefined;
  // A field is made once for each instance, when a variable for its key may have another value.
  const { key } = parent;
  return isConstant(key, path) ? output.t.cloneNode(key) : undefined;
}

/** Returns true for `name`, if it is a constant, and for `Symbol.name`. */
function isConstant(key: BabelTypes.Node, { scope }: NodePath): key is BabelTypes.Expression {
  if (key.type === 'Identifier') return scope.getBinding(key.name)?.constant ?? false;
  if (key.type !== 'MemberExpression' || key.object.type !== 'Identifier') return false;
  return key.object.name === 'Symbol' && !key.computed && !scope.hasBinding('Symbol', true);
}

/** Evaluates a computed key once, in its position, and stores it: `[key = toKey(name)]`. */
export function computedKey(
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

/** Rewrites `async function load() { ... }` as an expression to `asyncMember({ load() { ... } }, "load")`. */
function placeExpression(
  path: NodePath<BabelTypes.FunctionExpression>,
  facts: Facts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, output, madeOnceAt(path, output));
  if (facts.ownName === 'assigned' || repeatsName(parts.params)) {
    // Its body may assign to its own name, or two parameters share a name. A method allows neither.
    const params = parts.params as BabelTypes.FunctionParameter[];
    parts.body.body.unshift(refusesNew(newTarget(t), output));
    const fn = t.functionExpression(node.id ?? null, params, parts.body);
    return replaceByValue(path, output.call('markAsync', fn), changes);
  }
  // Libraries that parse parameters need source text that begins like a function's. The method therefore has a
  // name, which `markAsync` removes.
  const method = namedMethod(facts.name || ANONYMOUS, parts, output);
  const key =
    facts.name === '' ? (namingKey(path, { output, changes }) ?? t.stringLiteral('')) : undefined;
  const marked = key ? output.call('markAsync', method, key) : method;
  replaceByValue(
    path,
    facts.ownName === 'read' ? bound(node.id!.name, marked, t) : marked,
    changes,
  );
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
 * Rewrites a function declaration. In an inner block of sloppy code, a plain function would leak out of the block
 * (ECMAScript B.3.2), but an async one does not, so it becomes a `let` at the head of the block. At the head of a
 * function or script it becomes a `var`, because a plain function of sloppy code has `arguments` and `caller`. At the
 * top of a module it stays a declaration: modules that import each other may call it before this one begins.
 */
function placeDeclaration(
  path: NodePath<Declaration>,
  facts: Facts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  const { node } = path;
  const parts = splitAsyncFunction(node, facts, output, madeOnceAt(path, output));
  if (facts.isInInnerBlock || (facts.mayBeVariable && !repeatsName(parts.params))) {
    const id = node.id!;
    const declared = t.variableDeclaration(facts.isInInnerBlock ? 'let' : 'var', [
      t.variableDeclarator(id, pure(namedMethod(facts.name, parts, output))),
    ]);
    declared.loc = node.loc ?? null;
    changes.replace(path, t.emptyStatement());
    hoist(path, declared);
    return;
  }

  //   var marked = markAsync(load);
  //   function load() { if (new.target) throw notConstructorError(marked); ... }
  // The function uses the variable, so that bundlers keep both or neither.
  const id = node.id ?? output.uid('default');
  const mark = output.call('markAsync', t.identifier(id.name));
  if (!node.id) mark.arguments.push(t.stringLiteral('default'));
  const marked = isAtTop(path) ? output.uid(id.name) : undefined;
  parts.body.body.unshift(refusesNew(marked ?? t.identifier(id.name), output));
  const params = parts.params as BabelTypes.FunctionParameter[];
  const declaration = t.functionDeclaration(id, params, parts.body);
  declaration.loc = node.loc ?? null;
  changes.replace(path, declaration);
  if (marked === undefined) return hoist(path, t.expressionStatement(mark));
  const declarator = t.variableDeclarator(t.identifier(marked.name), pure(mark));
  hoist(path, t.variableDeclaration('var', [declarator]));
}

const ANONYMOUS = 'anonymous';

function repeatsName(params: readonly BabelTypes.Node[]): boolean {
  const names = params.flatMap(patternNames);
  return new Set(names).size < names.length;
}

/** Returns `if (new.target) throw notConstructorError(load)`. */
function refusesNew(fn: BabelTypes.Expression, output: Output): BabelTypes.Statement {
  const { t } = output;
  return t.ifStatement(
    newTarget(t),
    t.throwStatement(output.call('notConstructorError', t.cloneNode(fn))),
  );
}

function newTarget(t: Types): BabelTypes.MetaProperty {
  return t.metaProperty(t.identifier('new'), t.identifier('target'));
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
  replaceByValue(
    path,
    output.call('markAsyncMembers', path.node, t.arrayExpression(keys)),
    changes,
  );
}

/**
 * Marks the async methods of a class, in its first static field. Most compilers support this form:
 *
 *   static #marks = markAsyncMethods(() => this, ["load"]);
 *
 * Rolldown takes a class that hands out `this` for one that is used, but not one that hands out a function.
 */
export function markClass(
  path: NodePath<BabelTypes.ClassBody>,
  asyncMethods: readonly (BabelTypes.ClassMethod | BabelTypes.ClassPrivateMethod)[],
  { isNamedAsLibrary }: { isNamedAsLibrary: boolean },
  { output, changes }: Writer,
): void {
  const { t } = output;
  const [ofInstances, ofClass] = [false, true].map((isStatic) =>
    t.arrayExpression(
      asyncMethods
        .filter((method): method is BabelTypes.ClassMethod => method.type === 'ClassMethod')
        .filter((method) => Boolean(method.static) === isStatic)
        .map((method) => memberKey(method, path, output)),
    ),
  ) as [BabelTypes.ArrayExpression, BabelTypes.ArrayExpression];
  const self = (): BabelTypes.Expression => t.arrowFunctionExpression([], t.thisExpression());
  const marks: BabelTypes.Expression[] = [];
  if (isNamedAsLibrary) marks.push(pure(output.call('ownClass', self())));
  if (ofInstances.elements.length + ofClass.elements.length > 0) {
    const call = pure(output.call('markAsyncMethods', self(), ofInstances));
    if (ofClass.elements.length > 0) call.arguments.push(ofClass);
    marks.push(call);
  }
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

/** Notes a constructor of the program that is named as a class of a library, at the head of the block around it. */
export function markConstructor(path: NodePath<Declaration>, { output }: Writer): void {
  const { t } = output;
  const self = t.arrowFunctionExpression([], t.identifier(path.node.id!.name));
  hoist(path, t.expressionStatement(output.call('ownClass', self)));
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
