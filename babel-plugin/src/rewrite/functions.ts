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

/** Facts about a function that the visitor collected. */
export interface Facts {
  readonly suspends: boolean;
  /** It completes before the call returns, and needs no async function inside. */
  readonly isSync: boolean;
  /** Its name at run time; empty when it has none. */
  readonly name: string;
  /** Its name in stack traces. */
  readonly tracedName: string;
  readonly hasEval: boolean;
  readonly usesSuper: boolean;
  /** A `var` of the body repeats a parameter, so that body and parameters must stay in one scope. */
  readonly repeatsParameter: boolean;
}

type Parameter = AnyFunction['params'][number];

/** The two halves of an instrumented async function. */
interface SplitFunction {
  /** Parameters of the outer function: as many as `length` counts, with the user's names. */
  readonly params: Parameter[];
  readonly body: BabelTypes.BlockStatement;
}

/**
 * Splits an async function into a plain one that starts the strand, and an async arrow in it:
 *
 *   async function total(cart) { B }
 *   function total(cart) { return run({ ["total"]: async (strand) => { try { B } finally { end(strand); } } }.total); }
 *
 * Only the function itself can stamp its promise from the moment it exists, for every caller. `this`,
 * `arguments`, `super` and `new.target` reach the body through the arrow.
 */
export function splitAsyncFunction(
  node: AnyFunction,
  facts: Facts,
  state: FileState,
): SplitFunction {
  const { t } = state;
  if (facts.isSync) return { params: node.params, body: syncBody(node, facts, state) };
  const simple = !facts.repeatsParameter && node.params.every(isPlainParameter);
  const inner = innerParameters(node, facts, state, simple);
  const arrow = { ...t.arrowFunctionExpression(inner, innerBody(node, facts, state), true) };
  arrow.loc = node.loc ?? null;
  const named = facts.suspends && facts.name !== '' ? keepName(arrow, facts.tracedName, t) : arrow;
  const outer = outerParameters(node, state, simple);
  const call = state.call(facts.suspends ? 'run' : 'runSync', named);
  if (outer.args) call.arguments.push(outer.args);

  const directives = node.body.type === 'BlockStatement' ? node.body.directives : [];
  // Directives move to the outer function, where they also apply to the arrow.
  const start = { ...t.returnStatement(call), loc: node.loc ?? null };
  return { params: outer.params, body: t.blockStatement([start], directives) };
}

/**
 * Returns the body of an async function that has no `await`:
 *
 *   { const outer = begin(); try { B; return resolveSync(outer); } catch (error) { return rejectSync(outer, error); } }
 */
function syncBody(
  node: AnyFunction,
  { hasEval }: Facts,
  state: FileState,
): BabelTypes.BlockStatement {
  const { t } = state;
  if (isEmpty(node)) {
    // Nothing can throw, so the body is `resolveSync(begin())`.
    const { directives } = node.body as BabelTypes.BlockStatement;
    const done = state.call('resolveSync', state.call('begin'));
    return t.blockStatement([t.returnStatement(done)], directives);
  }
  const outer = t.variableDeclaration('const', [
    t.variableDeclarator(state.outer(), state.call('begin')),
  ]);
  const returned = (...value: BabelTypes.Expression[]): BabelTypes.ReturnStatement =>
    t.returnStatement(state.call('resolveSync', state.outer(), ...value));
  const body =
    node.body.type === 'BlockStatement'
      ? asBlock(
          endsInReturn(node.body) ? node.body.body : [...node.body.body, returned()],
          hasEval,
          t,
        )
      : t.blockStatement([{ ...returned(node.body), loc: node.body.loc ?? null }]);
  const refused = t.returnStatement(state.call('rejectSync', state.outer(), state.thrown()));
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

/** Returns the body of the inner arrow. If it suspends, every path out of it ends the strand. */
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
 * Rewrites a function that stays native: an async generator, or a function whose form other code reads. Its body
 * enters the strand by itself:
 *
 *   async function* g() { const strand = enter(); try { B } finally { end(strand); } }
 */
export function rewriteNativeBody<F extends AnyFunction>(
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
 * Returns the parameters of the outer function and the arguments that it passes to the arrow.
 *
 * Plain parameters stay in the outer function, and the arrow sees them. Others move to the arrow, so that an
 * error in a default rejects the promise; the outer function then passes its arguments on. It keeps as many
 * parameters as `length` counts, with the user's names, because libraries read them from the source text.
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

/** Returns a parameter's own name, or a new one for a pattern. */
function named(param: BabelTypes.Node, hint: string, state: FileState): BabelTypes.Identifier {
  return param.type === 'Identifier' && param.name !== 'arguments'
    ? state.t.cloneNode(param)
    : state.program.scope.generateUidIdentifier(hint);
}

/** Returns true for a parameter without pattern, default or rest. */
export function isPlainParameter(param: Parameter): boolean {
  return param.type === 'Identifier';
}

/** Returns true for TypeScript's `this` parameter, which exists only as a type. */
function isThis(param: Parameter): boolean {
  return param.type === 'Identifier' && param.name === 'this';
}

/**
 * Returns `{ _: 0, name: fn }.name`, in which the function gets its name from the property.
 *
 * The second property is there because Bun folds `{ name: fn }.name` to `fn`. The key is not computed, because
 * engines name functions by computed keys at run time, at ten times the cost of everything else.
 */
export function keepName(fn: BabelTypes.Expression, name: string, t: Types): BabelTypes.Expression {
  const key = keyFor(name, t);
  // `__proto__: fn` would set a prototype.
  const property = t.objectProperty(key, fn, name === '__proto__');
  const second = t.objectProperty(t.identifier(name === '_' ? '$' : '_'), t.numericLiteral(0));
  return memberOf([second, property], key, t);
}

/**
 * Returns `{ name(params) { ... } }.name`: a function with its own `this` and `arguments` that, like an async
 * function, cannot be constructed and has no `prototype`.
 */
export function asMethod(
  name: string,
  { params, body }: SplitFunction,
  t: Types,
): BabelTypes.Expression {
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
