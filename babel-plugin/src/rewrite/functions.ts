import type { types as BabelTypes } from '@babel/core';
import type { FileState, Types } from '../state.js';
import { asBlock } from './blocks.js';

/** The forms of function that can be async. */
export type AnyFunction =
  | BabelTypes.FunctionDeclaration
  | BabelTypes.FunctionExpression
  | BabelTypes.ArrowFunctionExpression
  | BabelTypes.ObjectMethod
  | BabelTypes.ClassMethod
  | BabelTypes.ClassPrivateMethod;

/** What the visitor found out about the function. */
export interface Facts {
  readonly suspends: boolean;
  /** It is over when the call returns, and needs no async function inside. */
  readonly isThrough: boolean;
  /** The name it has at run time; empty when it has none. */
  readonly name: string;
  /** The name that stack traces show for it. */
  readonly tracedName: string;
  readonly hasEval: boolean;
  readonly usesSuper: boolean;
  /** A `var` of the body repeats a parameter, so that body and parameters must stay in one scope. */
  readonly repeatsParameter: boolean;
}

type Parameter = AnyFunction['params'][number];

/** The two halves of an instrumented async function. */
interface Halves {
  /** Parameters that stay outside: as many as `length` says, with the user's names. */
  readonly params: Parameter[];
  readonly body: BabelTypes.BlockStatement;
}

/**
 * Splits an async function into a plain one that starts the strand, and an async arrow in it:
 *
 *   async function total(cart) { B }
 *   function total(cart) { return run({ ["total"]: async (strand) => { try { B } finally { end(strand); } } }.total); }
 *
 * Only the function itself can stamp its promise from the moment it exists, whoever calls it.
 * `this`, `arguments`, `super` and `new.target` reach the body through the arrow.
 */
export function halves(node: AnyFunction, facts: Facts, state: FileState): Halves {
  const { t } = state;
  if (facts.isThrough) return { params: node.params, body: throughBody(node, facts, state) };
  const simple = !facts.repeatsParameter && node.params.every(isPlain);
  const inner = innerParameters(node, facts, state, simple);
  const arrow = { ...t.arrowFunctionExpression(inner, innerBody(node, facts, state), true) };
  arrow.loc = node.loc ?? null;
  const named = facts.suspends && facts.name !== '' ? keepName(arrow, facts.tracedName, t) : arrow;
  const outer = outerParameters(node, state, simple);
  const call = state.call(facts.suspends ? 'run' : 'runThrough', named);
  if (outer.args) call.arguments.push(outer.args);

  const directives = node.body.type === 'BlockStatement' ? node.body.directives : [];
  // The body has no directives of its own any more; they hold for the arrow from outside.
  const start = { ...t.returnStatement(call), loc: node.loc ?? null };
  return { params: outer.params, body: t.blockStatement([start], directives) };
}

/**
 * The body of an async function that has no `await`:
 *
 *   { const outer = begin(); try { B; return fulfil(outer); } catch (error) { return refuse(outer, error); } }
 */
function throughBody(
  node: AnyFunction,
  { hasEval }: Facts,
  state: FileState,
): BabelTypes.BlockStatement {
  const { t } = state;
  if (isEmpty(node)) {
    // Nothing can throw: `fulfil(begin())` is all there is to it.
    const { directives } = node.body as BabelTypes.BlockStatement;
    const done = state.call('fulfil', state.call('begin'));
    return t.blockStatement([t.returnStatement(done)], directives);
  }
  const outer = t.variableDeclaration('const', [
    t.variableDeclarator(state.outer(), state.call('begin')),
  ]);
  const returned = (...value: BabelTypes.Expression[]): BabelTypes.ReturnStatement =>
    t.returnStatement(state.call('fulfil', state.outer(), ...value));
  const body =
    node.body.type === 'BlockStatement'
      ? asBlock(
          endsInReturn(node.body) ? node.body.body : [...node.body.body, returned()],
          hasEval,
          t,
        )
      : t.blockStatement([{ ...returned(node.body), loc: node.body.loc ?? null }]);
  const refused = t.returnStatement(state.call('refuse', state.outer(), state.thrown()));
  const caught = t.catchClause(state.thrown(), t.blockStatement([refused]));
  const directives = node.body.type === 'BlockStatement' ? node.body.directives : [];
  return t.blockStatement([outer, t.tryStatement(body, caught)], directives);
}

function isEmpty({ body }: AnyFunction): boolean {
  return body.type === 'BlockStatement' && body.body.length === 0;
}

function endsInReturn({ body }: BabelTypes.BlockStatement): boolean {
  const last = body[body.length - 1]?.type;
  return last === 'ReturnStatement' || last === 'ThrowStatement';
}

/** A function's body, with the strand ended on every path when it can be left half-way. */
function innerBody(
  node: AnyFunction,
  facts: Facts,
  state: FileState,
): BabelTypes.BlockStatement | BabelTypes.Expression {
  const { t } = state;
  if (!facts.suspends) {
    return node.body.type === 'BlockStatement' ? t.blockStatement(node.body.body) : node.body;
  }
  const body =
    node.body.type === 'BlockStatement'
      ? asBlock(node.body.body, facts.hasEval, t)
      : t.blockStatement([{ ...t.returnStatement(node.body), loc: node.body.loc ?? null }]);
  return t.blockStatement([endsStrand(body, state)]);
}

function endsStrand(body: BabelTypes.BlockStatement, state: FileState): BabelTypes.TryStatement {
  const { t } = state;
  const end = t.expressionStatement(state.call('end', state.strand()));
  return t.tryStatement(body, null, t.blockStatement([end]));
}

/**
 * An async generator stays native, and so does a function whose head somebody reads; the body enters
 * by itself:
 *
 *   async function* g() { const strand = enter(); try { B } finally { end(strand); } }
 */
export function rewriteInside<F extends AnyFunction>(
  node: F,
  hasEval: boolean,
  state: FileState,
  entered = state.call('enter'),
): F {
  const { t } = state;
  const enter = t.variableDeclaration('const', [t.variableDeclarator(state.strand(), entered)]);
  const { body } = node;
  const [statements, directives] =
    body.type === 'BlockStatement'
      ? [body.body, body.directives]
      : [[{ ...t.returnStatement(body), loc: body.loc ?? null }], []];
  const block = t.blockStatement(
    [enter, endsStrand(asBlock(statements, hasEval, t), state)],
    directives,
  );
  return {
    ...node,
    body: block,
    ...(node.type === 'ArrowFunctionExpression' ? { expression: false } : {}),
  };
}

function innerParameters(
  node: AnyFunction,
  facts: Facts,
  state: FileState,
  simple: boolean,
): BabelTypes.FunctionParameter[] {
  const own = simple
    ? []
    : (node.params.filter((param) => !isThis(param)) as BabelTypes.FunctionParameter[]);
  if (facts.suspends) return [state.strand(), ...own];
  return own;
}

/**
 * Plain parameters stay where they are and the arrow sees them. Others belong to the arrow, so that
 * an error in a default rejects; then the outer function hands on what it was called with. It has as many
 * as `length` says, with the user's names: libraries read them out of its text.
 *
 *   async (one, two = 5) => { B }     (one, two = void 0) => run(async (strand, one, two = 5) => { B }, [one, two])
 */
function outerParameters(
  node: AnyFunction,
  state: FileState,
  simple: boolean,
): { params: Parameter[]; args?: BabelTypes.Expression } {
  const { t } = state;
  if (simple) return { params: node.params };

  const passed: (BabelTypes.Expression | BabelTypes.SpreadElement)[] = [];
  const params = node.params.map((param): BabelTypes.FunctionParameter => {
    if (param.type === 'RestElement') {
      const id = named(param.argument, 'rest', state);
      passed.push(t.spreadElement(t.identifier(id.name)));
      return t.restElement(id);
    }
    const id = named(param.type === 'AssignmentPattern' ? param.left : param, 'param', state);
    if (!isThis(param)) passed.push(t.identifier(id.name));
    if (param.type !== 'AssignmentPattern') return id;
    return t.assignmentPattern(id, t.unaryExpression('void', t.numericLiteral(0)));
  });
  const isArrow = node.type === 'ArrowFunctionExpression';
  return { params, args: isArrow ? t.arrayExpression(passed) : t.identifier('arguments') };
}

/** A parameter's own name, or one for a pattern that has none. */
function named(param: BabelTypes.Node, hint: string, state: FileState): BabelTypes.Identifier {
  return param.type === 'Identifier' && param.name !== 'arguments'
    ? state.t.cloneNode(param)
    : state.program.scope.generateUidIdentifier(hint);
}

export function isPlain(param: Parameter): boolean {
  return param.type === 'Identifier';
}

/** TypeScript's `this` parameter is a type, not a parameter. */
function isThis(param: Parameter): boolean {
  return param.type === 'Identifier' && param.name === 'this';
}

/**
 * `{ _: 0, name: fn }.name`: a function takes its name from where it stands, and keeps it here. Bun folds
 * `{ name: fn }.name` to `fn`, so there is a second property; and no computed key, which engines name
 * functions by when they run, at ten times the cost of all the rest.
 */
export function keepName(fn: BabelTypes.Expression, name: string, t: Types): BabelTypes.Expression {
  const key = keyFor(name, t);
  // `__proto__: fn` would set a prototype.
  const property = t.objectProperty(key, fn, name === '__proto__');
  const second = t.objectProperty(t.identifier(name === '_' ? '$' : '_'), t.numericLiteral(0));
  return memberOf([second, property], key, t);
}

/**
 * `{ name(params) { ... } }.name`: a function with its own `this` and `arguments` that cannot be
 * constructed and has no `prototype`, as async functions have none.
 */
export function asMethod(name: string, { params, body }: Halves, t: Types): BabelTypes.Expression {
  const key = keyFor(name, t);
  const method = t.objectMethod('method', key, params as BabelTypes.FunctionParameter[], body);
  return memberOf([method], key, t);
}

type Key = BabelTypes.Identifier | BabelTypes.StringLiteral;

function keyFor(name: string, t: Types): Key {
  const isPlain = t.isValidIdentifier(name, false) && name !== '__proto__';
  return isPlain ? t.identifier(name) : t.stringLiteral(name);
}

function memberOf(
  members: (BabelTypes.ObjectProperty | BabelTypes.ObjectMethod)[],
  key: Key,
  t: Types,
): BabelTypes.Expression {
  const object = t.objectExpression(members);
  return t.memberExpression(object, t.cloneNode(key), key.type === 'StringLiteral');
}
