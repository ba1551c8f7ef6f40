import type { types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';
import { isPlainParameter } from '../nodes.js';
import type { AnyFunction, Types } from '../nodes.js';
import { asBlock } from './blocks.js';

/** Facts about a function that the visitor collected. */
export interface Facts {
  /** The number of its site. */
  readonly site: number;
  readonly suspends: boolean;
  /** It completes before the call returns, and needs no async function inside. */
  readonly isSync: boolean;
  /** Its name at run time; empty when it has none. */
  readonly name: string;
  /** Its name in stack traces. */
  readonly tracedName: string;
  readonly hasEval: boolean;
  readonly usesSuper: boolean;
  /** How the body of a function expression uses the function's own name. */
  readonly ownName: 'unused' | 'read' | 'assigned';
  /** It is a declaration in a block inside a function. */
  readonly isInInnerBlock: boolean;
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
export function splitAsyncFunction(node: AnyFunction, facts: Facts, output: Output): SplitFunction {
  const { t } = output;
  if (facts.isSync) return { params: node.params, body: syncBody(node, facts, output) };
  const simple = !facts.repeatsParameter && node.params.every(isPlainParameter);
  const inner = innerParameters(node, facts, output, simple);
  const arrow = { ...t.arrowFunctionExpression(inner, innerBody(node, facts, output), true) };
  arrow.loc = node.loc ?? null;
  const named = facts.suspends && facts.name !== '' ? keepName(arrow, facts.tracedName, t) : arrow;
  const outer = outerParameters(node, output, simple);
  const call = output.callAt(facts.site, facts.suspends ? 'run' : 'runSync', named);
  if (outer.args) call.arguments.push(outer.args);

  const directives = node.body.type === 'BlockStatement' ? node.body.directives : [];
  // Directives move to the outer function, where they also apply to the arrow.
  const start = { ...t.returnStatement(call), loc: node.loc ?? null };
  return { params: outer.params, body: t.blockStatement([start], directives) };
}

/**
 * Returns the body of an async function that has no `await`:
 *
 *   { const outer = beginSync(); try { B; return resolveSync(outer); } catch (error) { return rejectSync(outer, error); } }
 */
function syncBody(
  node: AnyFunction,
  { hasEval, site }: Facts,
  output: Output,
): BabelTypes.BlockStatement {
  const { t } = output;
  if (isEmpty(node)) {
    // Nothing can throw, so the body is `resolveSync(beginSync())`.
    const { directives } = node.body as BabelTypes.BlockStatement;
    const done = output.call('resolveSync', output.callAt(site, 'beginSync'));
    return t.blockStatement([t.returnStatement(done)], directives);
  }
  const outer = t.variableDeclaration('const', [
    t.variableDeclarator(output.name('outer'), output.callAt(site, 'beginSync')),
  ]);
  const returned = (...value: BabelTypes.Expression[]): BabelTypes.ReturnStatement =>
    t.returnStatement(output.call('resolveSync', output.name('outer'), ...value));
  const body =
    node.body.type === 'BlockStatement'
      ? asBlock(
          endsInReturn(node.body) ? node.body.body : [...node.body.body, returned()],
          hasEval,
          t,
        )
      : t.blockStatement([{ ...returned(node.body), loc: node.body.loc ?? null }]);
  const refused = t.returnStatement(
    output.call('rejectSync', output.name('outer'), output.name('thrown')),
  );
  const caught = t.catchClause(output.name('thrown'), t.blockStatement([refused]));
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
  output: Output,
): BabelTypes.BlockStatement | BabelTypes.Expression {
  const { t } = output;
  if (!facts.suspends) {
    return node.body.type === 'BlockStatement' ? t.blockStatement(node.body.body) : node.body;
  }
  const body =
    node.body.type === 'BlockStatement'
      ? asBlock(node.body.body, facts.hasEval, t)
      : t.blockStatement([{ ...t.returnStatement(node.body), loc: node.body.loc ?? null }]);
  return t.blockStatement([endsStrand(body, output)]);
}

function endsStrand(body: BabelTypes.BlockStatement, output: Output): BabelTypes.TryStatement {
  const { t } = output;
  const end = t.expressionStatement(output.call('end', output.name('strand')));
  return t.tryStatement(body, null, t.blockStatement([end]));
}

/** Facts about a function that stays native. */
export interface NativeFacts extends Pick<Facts, 'site' | 'hasEval'> {
  /** Its body runs in the frame of its creation. */
  readonly runsWhereCreated: boolean;
}

/**
 * Rewrites a function that stays native: an async generator, or a function whose form other code reads. Its body
 * enters the strand by itself:
 *
 *   async function* g() { const strand = enter(); try { B } finally { end(strand); } }
 */
export function rewriteNativeBody<F extends AnyFunction>(
  node: F,
  { site, hasEval, runsWhereCreated }: NativeFacts,
  output: Output,
): F {
  const { t } = output;
  const entered = runsWhereCreated
    ? output.callAt(site, 'enterCreated', output.name('created'))
    : output.callAt(site, 'enter');
  const enter = t.variableDeclaration('const', [
    t.variableDeclarator(output.name('strand'), entered),
  ]);
  const { body } = node;
  const [statements, directives] =
    body.type === 'BlockStatement'
      ? [body.body, body.directives]
      : [[{ ...t.returnStatement(body), loc: body.loc ?? null }], []];
  const block = t.blockStatement(
    [enter, endsStrand(asBlock(statements, hasEval, t), output)],
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
  output: Output,
  simple: boolean,
): BabelTypes.FunctionParameter[] {
  const own = simple
    ? []
    : (node.params.filter((param) => !isThis(param)) as BabelTypes.FunctionParameter[]);
  if (facts.suspends) return [output.name('strand'), ...own];
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
  output: Output,
  simple: boolean,
): { params: Parameter[]; args?: BabelTypes.Expression } {
  const { t } = output;
  if (simple) return { params: node.params };

  const passed: (BabelTypes.Expression | BabelTypes.SpreadElement)[] = [];
  const params = node.params.map((param): BabelTypes.FunctionParameter => {
    if (param.type === 'RestElement') {
      const id = named(param.argument, 'rest', output);
      passed.push(t.spreadElement(t.identifier(id.name)));
      return t.restElement(id);
    }
    const id = named(param.type === 'AssignmentPattern' ? param.left : param, 'param', output);
    if (!isThis(param)) passed.push(t.identifier(id.name));
    if (param.type !== 'AssignmentPattern') return id;
    return t.assignmentPattern(id, t.unaryExpression('void', t.numericLiteral(0)));
  });
  const isArrow = node.type === 'ArrowFunctionExpression';
  return { params, args: isArrow ? t.arrayExpression(passed) : t.identifier('arguments') };
}

/** Returns a parameter's own name, or a new one for a pattern. */
function named(param: BabelTypes.Node, hint: string, output: Output): BabelTypes.Identifier {
  return param.type === 'Identifier' && param.name !== 'arguments'
    ? output.t.cloneNode(param)
    : output.uid(hint);
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
