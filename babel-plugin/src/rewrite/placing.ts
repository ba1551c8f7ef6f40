import type { NodePath, types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';
import { keyName } from '../names.js';
import { asMethod, halves, keepName } from './functions.js';
import type { AnyFunction, Facts } from './functions.js';
import { replace } from './replace.js';

type Declaration = BabelTypes.FunctionDeclaration;
type Method = BabelTypes.ObjectMethod | BabelTypes.ClassMethod | BabelTypes.ClassPrivateMethod;

/** Puts the rewritten function where the async one was, in the form that changes least there. */
export function placeFunction(path: NodePath<AnyFunction>, facts: Facts, state: FileState): void {
  const { node } = path;
  switch (node.type) {
    case 'FunctionDeclaration':
      return placeDeclaration(path as NodePath<Declaration>, facts, state);
    case 'FunctionExpression':
      return replace(
        path,
        functionExpression(path as NodePath<BabelTypes.FunctionExpression>, facts, state),
      );
    case 'ArrowFunctionExpression': {
      const { t } = state;
      const { params, body } = halves(node, facts, state);
      const arrow = t.arrowFunctionExpression(
        params as BabelTypes.FunctionParameter[],
        conciseIfPossible(body),
      );
      arrow.loc = node.loc ?? null;
      const named = facts.name === '' ? arrow : keepName(arrow, facts.name, t);
      return replace(path, state.call('asAsync', named));
    }
    default: {
      const { params, body } = halves(node, facts, state);
      replace(path, { ...node, async: false, params, body } as Method);
    }
  }
}

/** `() => { return call; }` is `() => call`. */
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
  const parts = halves(node, facts, state);
  const own = node.id && path.scope.getOwnBinding(node.id.name);
  const refersToItself = own?.kind === 'local' && own.referenced;
  if (own && (!own.constant || facts.hasEval)) {
    // Its body assigns to its own name, which only a function expression ignores.
    const params = parts.params as BabelTypes.FunctionParameter[];
    return state.call('asAsync', t.functionExpression(node.id, params, parts.body));
  }
  const marked = state.call('asAsync', asMethod(facts.name, parts, t));
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
 * A declaration at the top of a function or module stays one, since it is called before its place.
 * In an inner block a plain function would leak out of it in sloppy code (ECMAScript B.3.2), which
 * an async one does not; there it becomes a `let` at the head of the block.
 */
function placeDeclaration(path: NodePath<Declaration>, facts: Facts, state: FileState): void {
  const { t } = state;
  const { node } = path;
  const parts = halves(node, facts, state);
  if (isInInnerBlock(path)) {
    const id = t.identifier(node.id!.name);
    const fn = state.call('asAsync', asMethod(facts.name, parts, t));
    const declared = t.variableDeclaration('let', [t.variableDeclarator(id, fn)]);
    declared.loc = node.loc ?? null;
    replace(path, t.emptyStatement());
    hoist(path, declared);
    return;
  }

  const id = node.id ?? state.program.scope.generateUidIdentifier('default');
  parts.body.body.unshift(refusesNew(id.name, facts.name, state));
  const params = parts.params as BabelTypes.FunctionParameter[];
  const declaration = { ...t.functionDeclaration(t.identifier(id.name), params, parts.body) };
  declaration.loc = node.loc ?? null;
  replace(path, declaration);
  const mark = state.call('asAsync', t.identifier(id.name));
  if (!node.id) mark.arguments.push(t.stringLiteral('default'));
  hoist(path, t.expressionStatement(mark));
}

/** `if (new.target) throw new TypeError("load is not a constructor")`, the engine's own words. */
function refusesNew(id: string, name: string, state: FileState): BabelTypes.Statement {
  const { t } = state;
  const message = t.stringLiteral(`${name || id} is not a constructor`);
  return t.ifStatement(
    t.metaProperty(t.identifier('new'), t.identifier('target')),
    t.throwStatement(t.newExpression(t.identifier('TypeError'), [message])),
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

/** Writes what was hoisted to the head of a block. */
export function placeHoisted(
  block:
    | BabelTypes.BlockStatement
    | BabelTypes.Program
    | BabelTypes.StaticBlock
    | BabelTypes.SwitchCase
    | BabelTypes.TSModuleBlock,
): void {
  const statements = hoisted.get(block);
  if (statements === undefined) return;
  hoisted.delete(block);
  const list = block.type === 'SwitchCase' ? block.consequent : block.body;
  list.unshift(...statements);
}

/** An object literal with async methods: `asyncMembers({ load() { ... } }, ["load"])`. */
export function markMembers(
  path: NodePath<BabelTypes.ObjectExpression>,
  asyncMethods: readonly BabelTypes.Node[],
  state: FileState,
): void {
  const { t } = state;
  const keys = path.node.properties
    .filter((p): p is BabelTypes.ObjectMethod => asyncMethods.includes(p))
    .map((method) => memberKey(method, state));
  replace(path, state.call('asyncMembers', path.node, t.arrayExpression(keys)));
}

/** A class with async methods marks them as its first act: `static { asyncMembers(this, ["load"]); }`. */
export function markClass(
  node: BabelTypes.ClassBody,
  asyncMethods: readonly BabelTypes.ClassMethod[],
  state: FileState,
): void {
  const { t } = state;
  const marks = [false, true].flatMap((isStatic) => {
    const methods = asyncMethods.filter((method) => Boolean(method.static) === isStatic);
    if (methods.length === 0) return [];
    const holder = isStatic
      ? t.thisExpression()
      : t.memberExpression(t.thisExpression(), t.identifier('prototype'));
    const keys = t.arrayExpression(methods.map((method) => memberKey(method, state)));
    return [t.expressionStatement(state.call('asyncMembers', holder, keys))];
  });
  node.body.unshift(t.staticBlock(marks));
}

/** A member's key as an expression; a computed one is evaluated once, in its place, and kept. */
function memberKey(
  method: BabelTypes.ObjectMethod | BabelTypes.ClassMethod,
  state: FileState,
): BabelTypes.Expression {
  const { t } = state;
  if (!method.computed) return t.stringLiteral(keyName(method.key));
  const key = state.temporary('key');
  method.key = t.assignmentExpression(
    '=',
    key,
    state.call('toKey', method.key as BabelTypes.Expression),
  );
  return t.identifier(key.name);
}
