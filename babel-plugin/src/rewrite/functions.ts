import type { types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';
import { isPlainParameter } from '../nodes.js';
import type { AnyFunction, Types } from '../nodes.js';
import { asBlock } from './blocks.js';
import { argumentsOf, madeOnce } from './kept-functions.js';

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
  readonly usesReceiver: boolean;
  /** How the body of a function expression uses the function's own name. */
  readonly ownName: 'unused' | 'read' | 'assigned';
  /** It is a declaration in a block inside a function. */
  readonly isInInnerBlock: boolean;
  /** It is a declaration that nothing can call or read before the head of the code around it runs. */
  readonly mayBeVariable: boolean;
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
 * Splits an async function into a plain one that starts the strand, and an async one in it:
 *
 *   async function total(cart) { B }
 *   function total(cart) { return run({ async total(strand) { try { B } finally { end(strand); } } }.total); }
 *
 * Only the function itself can stamp its promise from the moment it exists, for every caller. `this`,
 * `arguments`, `super` and `new.target` reach a body that uses them through an arrow.
 *
 * Of a function that is made once, `variable` names a variable for the inner half, which need not be made for each call:
 *
 *   function total(cart) { return runKept(kept || (kept = { async total(strand, cart) { ... } }.total), cart); }
 *
 * It is made at the first call, since modules that import each other may call before this one begins.
 */
export function splitAsyncFunction(
  node: AnyFunction,
  facts: Facts,
  output: Output,
  variable?: () => BabelTypes.Identifier,
): SplitFunction {
  const { t } = output;
  if (facts.isSync) return { params: node.params, body: syncBody(node, facts, output) };
  const simple = !facts.repeatsParameter && node.params.every(isPlainParameter);
  const isKept = variable !== undefined && simple && canBeKept(node, facts);
  const inner = innerHalf(node, facts, output, simple && !isKept);
  const outer = outerParameters(node, output, simple);
  const call = isKept
    ? output.callAt(facts.site, 'runKept', madeOnce(variable(), inner, t), ...argumentsOf(node, t))
    : output.callAt(facts.site, facts.suspends ? 'run' : 'runSync', inner);
  if (outer.args) call.arguments.push(outer.args);

  const directives = node.body.type === 'BlockStatement' ? node.body.directives : [];
  // Directives move to the outer function, where they also apply to the arrow.
  const start = { ...t.returnStatement(call), loc: node.loc ?? null };
  const params = isKept ? outer.params.map((param) => t.cloneNode(param)) : outer.params;
  return { params, body: t.blockStatement([start], directives) };
}

/** As many arguments as `runKept` passes on. */
const MOST_ARGUMENTS = 3;

/** Returns true if the inner half uses nothing of the call but its parameters, each by a name of its own. */
function canBeKept(node: AnyFunction, facts: Facts): boolean {
  const names = new Set(node.params.map((param) => (param as BabelTypes.Identifier).name));
  return (
    isMethod(facts) &&
    names.size === node.params.length &&
    names.size <= MOST_ARGUMENTS &&
    !names.has('this') &&
    !names.has('arguments')
  );
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

/**
 * Returns the inner half. If it has a name, it gets it from a property; as a method where it can be one, since
 * minifiers keep a method as it is.
 */
function innerHalf(
  node: AnyFunction,
  facts: Facts,
  output: Output,
  simple: boolean,
): BabelTypes.Expression {
  const { t } = output;
  const params = innerParameters(node, facts, output, simple);
  const body = innerBody(node, facts, output);
  const loc = node.loc ?? null;
  if (!isMethod(facts)) {
    const arrow = { ...t.arrowFunctionExpression(params, body, true), loc };
    return facts.suspends && facts.name !== '' ? keepName(arrow, facts.tracedName, t) : arrow;
  }
  const key = keyFor(facts.tracedName, t);
  const block = body as BabelTypes.BlockStatement;
  const method = t.objectMethod(
    'method',
    key,
    params,
    block,
    isProto(facts.tracedName),
    false,
    true,
  );
  return memberOf([{ ...method, loc }], key, t);
}

/** Returns true if the inner half is a method, which has its own `this` and `arguments`. */
function isMethod({ suspends, name, usesReceiver, hasEval }: Facts): boolean {
  return suspends && name !== '' && !usesReceiver && !hasEval;
}

/** Returns the body of the inner half. If it suspends, every path out of it ends the strand. */
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
export interface NativeFacts extends Pick<Facts, 'site' | 'hasEval' | 'usesSuper'> {
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
  helper: 'enter' | 'enterWritten' = 'enter',
): F {
  const { t } = output;
  const entered = runsWhereCreated
    ? output.callAt(site, 'enterCreated', output.name('created'))
    : output.callAt(site, helper);
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
 * Returns `{ _() {}, name: fn }.name`, in which the function gets its name from the property.
 *
 * The method is there because minifiers replace `{ name: fn }.name` with `fn`, and leave methods alone. The key is
 * not computed, because engines name functions by computed keys at run time, at ten times the cost of everything
 * else.
 */
function keepName(fn: BabelTypes.Expression, name: string, t: Types): BabelTypes.Expression {
  const key = keyFor(name, t);
  const second = t.identifier(name === '_' ? '$' : '_');
  const method = t.objectMethod('method', second, [], t.blockStatement([]));
  return memberOf([method, t.objectProperty(key, fn, isProto(name))], key, t);
}

function memberOf(
  members: (BabelTypes.ObjectMethod | BabelTypes.ObjectProperty)[],
  key: Key,
  t: Types,
): BabelTypes.Expression {
  const isText = key.type === 'StringLiteral';
  return t.memberExpression(t.objectExpression(members), t.cloneNode(key), isText);
}

/** Returns `asyncMember({ name: fn }, "name")`. */
export function namedFunction(
  fn: BabelTypes.Expression,
  name: string,
  output: Output,
): BabelTypes.CallExpression {
  const { t } = output;
  return asyncMember(t.objectProperty(keyFor(name, t), fn, isProto(name)), name, output);
}

/**
 * Returns `asyncMember({ name(params) { ... } }, "name")`: a function with its own `this` and `arguments` that, like
 * an async function, cannot be constructed and has no `prototype`.
 */
export function namedMethod(
  name: string,
  { params, body }: SplitFunction,
  output: Output,
): BabelTypes.CallExpression {
  const { t } = output;
  const own = params as BabelTypes.FunctionParameter[];
  return asyncMember(t.objectMethod('method', keyFor(name, t), own, body), name, output);
}

function asyncMember(
  member: BabelTypes.ObjectProperty | BabelTypes.ObjectMethod,
  name: string,
  output: Output,
): BabelTypes.CallExpression {
  const { t } = output;
  return output.call('asyncMember', t.objectExpression([member]), t.stringLiteral(name));
}

type Key = BabelTypes.Identifier | BabelTypes.StringLiteral;

function keyFor(name: string, t: Types): Key {
  const isPlain = t.isValidIdentifier(name, false) && !isProto(name);
  return isPlain ? t.identifier(name) : t.stringLiteral(name);
}

/** `{ __proto__: fn }` sets a prototype; only `{ ["__proto__"]: fn }` is a property. */
function isProto(name: string): boolean {
  return name === '__proto__';
}
