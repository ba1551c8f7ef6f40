import type { types as BabelTypes } from '@babel/core';
import type { Activation, FileState } from '../state.js';

/** Rewrites `await value` to `resume(strand, await suspend(strand, value))`. */
export function rewriteAwait(
  node: BabelTypes.AwaitExpression,
  activation: Activation,
  state: FileState,
): BabelTypes.Node {
  const { t } = state;
  const suspended = state.call('suspend', state.strand(), node.argument);
  const awaited = { ...t.awaitExpression(suspended), loc: node.loc ?? null };
  const resume = activation === state.activations[0] ? 'resumeModule' : 'resume';
  return { ...state.call(resume, state.strand(), awaited), loc: node.loc ?? null };
}

/**
 * Rewrites `yield value` in an async generator to `proceed(strand, yield pause(strand, value))`. A generator that
 * runs in the frame of its creation resumes as after an `await`; a plain one of those has nothing to await.
 */
export function rewriteYield(
  node: BabelTypes.YieldExpression,
  { isAsync, runsWhereCreated }: Activation,
  state: FileState,
): BabelTypes.Node {
  const { t } = state;
  const { walk, leave, enter } =
    yields[runsWhereCreated ? (isAsync ? 'async' : 'plain') : 'caller'];
  if (node.delegate) {
    const walked = state.call(walk, state.strand(), node.argument!);
    return state.call('resume', state.strand(), { ...node, argument: walked });
  }
  const value = node.argument ?? t.unaryExpression('void', t.numericLiteral(0));
  const paused = { ...node, argument: state.call(leave, state.strand(), value) };
  return state.call(enter, state.strand(), paused);
}

/** Helpers by which a generator leaves its strand and comes back, by the frame that its body runs in. */
const yields = {
  caller: { walk: 'delegated', leave: 'pause', enter: 'proceed' },
  async: { walk: 'steps', leave: 'pause', enter: 'resume' },
  plain: { walk: 'delegatedHere', leave: 'leaveFor', enter: 'resume' },
} as const;

/** Rewrites `return value` in an async generator, which awaits the value and so leaves the strand. */
export function rewriteGeneratorReturn(
  node: BabelTypes.ReturnStatement,
  state: FileState,
): BabelTypes.Node {
  return { ...node, argument: state.call('pause', state.strand(), node.argument!) };
}

/** Rewrites `return value` in an async function to `return adopt(strand, value)`, if the value may be a promise. */
export function rewriteReturn(
  node: BabelTypes.ReturnStatement | BabelTypes.ArrowFunctionExpression,
  state: FileState,
  suspends: boolean,
): void {
  const { t } = state;
  const adopted = (value: BabelTypes.Expression): BabelTypes.Expression =>
    suspends ? state.call('adopt', state.strand(), value) : state.call('adoptSync', value);
  if (node.type === 'ReturnStatement') {
    // A bare `return` in a `finally` undoes the adoption of an earlier return.
    node.argument = adopted(node.argument ?? t.unaryExpression('void', t.numericLiteral(0)));
  } else node.body = adopted(node.body as BabelTypes.Expression);
}

/** Rewrites `return value` in an async function without awaits to `return resolveSync(outer, value)`. */
export function rewriteSyncReturn(
  node: BabelTypes.ReturnStatement | BabelTypes.ArrowFunctionExpression,
  state: FileState,
): void {
  // An arrow's expression becomes a `return` where its body does (functions.ts).
  if (node.type !== 'ReturnStatement') return;
  const value = node.argument ? [node.argument] : [];
  node.argument = state.call('resolveSync', state.outer(), ...value);
}

/**
 * Re-enters the strand where a rejected `await` continues:
 *
 *   try { ... } catch (error) { back(strand); ... } finally { back(strand); ... }
 */
export function rewriteTry(node: BabelTypes.TryStatement, state: FileState): void {
  const { t } = state;
  if (node.handler) {
    const { param, body } = node.handler;
    if (param && param.type !== 'Identifier') {
      // Defaults inside a pattern are the user's code, and run before the body.
      const caught = state.program.scope.generateUidIdentifier('caught');
      node.handler.param = caught;
      const taken = t.variableDeclarator(param, t.identifier(caught.name));
      body.body.unshift(t.variableDeclaration('let', [taken]));
    }
    body.body.unshift(param && state.options.causes ? caught(node.handler, state) : back(state));
  }
  node.finalizer?.body.unshift(back(state));
}

/**
 * Runs the steps of a `for await` through the strand, and re-enters it however the loop ends:
 *
 *   try {
 *     for await (const item of steps(strand, source)) { back(strand); const { id } = item; ... }
 *   } finally { back(strand); }
 */
export function rewriteForAwait(
  node: BabelTypes.ForOfStatement,
  state: FileState,
): BabelTypes.Node {
  const { t } = state;
  const item = state.program.scope.generateUidIdentifier('item');
  const body = node.body.type === 'BlockStatement' ? node.body : t.blockStatement([node.body]);
  const head: BabelTypes.Statement[] = [back(state)];
  if (node.left.type === 'VariableDeclaration') {
    const [declarator] = node.left.declarations;
    declarator!.init = t.identifier(item.name);
    head.push(node.left);
  } else {
    const target = node.left as BabelTypes.LVal;
    head.push(t.expressionStatement(t.assignmentExpression('=', target, t.identifier(item.name))));
  }
  // The body keeps its own block, because it may redeclare the loop variable's name.
  const loop = t.forOfStatement(
    t.variableDeclaration('const', [t.variableDeclarator(item)]),
    state.call('steps', state.strand(), node.right),
    t.blockStatement([...head, body]),
    true,
  );
  loop.loc = node.loc ?? null;
  return loop;
}

/**
 * Re-enters the strand in a plain `for of` when an `await` in its body rejects, because the loop then closes its
 * iterator. The iterator's `return()` and a generator's `finally` must run in the strand:
 *
 *   for (const item of source) try { ... } finally { back(strand); }
 */
export function rewriteForOf(node: BabelTypes.ForOfStatement, state: FileState): void {
  const { t } = state;
  const body = node.body.type === 'BlockStatement' ? node.body : t.blockStatement([node.body]);
  node.body = t.blockStatement([t.tryStatement(body, null, t.blockStatement([back(state)]))]);
}

/** Returns a `try` around a loop and its labels, which re-enters the strand after the loop. */
export function returnAfterLoop(loop: BabelTypes.Statement, state: FileState): BabelTypes.Node {
  const { t } = state;
  return t.tryStatement(t.blockStatement([loop]), null, t.blockStatement([back(state)]));
}

/** Returns `caught(strand, error)`, which does what `back` does and records where the error comes from. */
function caught({ param }: BabelTypes.CatchClause, state: FileState): BabelTypes.Statement {
  const { t } = state;
  if (state.activations.length === 1) return back(state);
  const error = t.identifier((param as BabelTypes.Identifier).name);
  return t.expressionStatement(state.call('caught', state.strand(), error));
}

/** Re-enters the strand if it is suspended. A module needs its own helper, since it has no `end` if it throws. */
function back(state: FileState): BabelTypes.Statement {
  const name = state.activations.length === 1 ? 'backInModule' : 'back';
  return state.t.expressionStatement(state.call(name, state.strand()));
}
