import type { types as BabelTypes } from '@babel/core';
import type { Activation } from '../activations.js';
import type { Output } from './output.js';

/** Where code is: in a function, or at the top level of a module. */
export interface Scope {
  readonly inModule: boolean;
}

/** Rewrites `await value` to `resume(strand, await suspend(strand, value))`. */
export function rewriteAwait(
  node: BabelTypes.AwaitExpression,
  { inModule }: Scope,
  output: Output,
): BabelTypes.Node {
  const { t } = output;
  const suspended = output.call('suspend', output.name('strand'), node.argument);
  const awaited = { ...t.awaitExpression(suspended), loc: node.loc ?? null };
  const resume = inModule ? 'resumeModule' : 'resume';
  return { ...output.call(resume, output.name('strand'), awaited), loc: node.loc ?? null };
}

/**
 * Rewrites `yield value` in an async generator to `proceed(strand, yield pauseAtYield(strand, value))`. A generator that
 * runs in the frame of its creation resumes as after an `await`; a plain one of those has nothing to await.
 */
export function rewriteYield(
  node: BabelTypes.YieldExpression,
  { isAsync, runsWhereCreated }: Activation,
  output: Output,
): BabelTypes.Node {
  const { t } = output;
  const { walk, leave, enter } =
    yields[runsWhereCreated ? (isAsync ? 'async' : 'plain') : 'caller'];
  if (node.delegate) {
    const walked = output.call(walk, output.name('strand'), node.argument!);
    return output.call('resume', output.name('strand'), { ...node, argument: walked });
  }
  const value = node.argument ?? t.unaryExpression('void', t.numericLiteral(0));
  const paused = { ...node, argument: output.call(leave, output.name('strand'), value) };
  return output.call(enter, output.name('strand'), paused);
}

/** Helpers by which a generator leaves its strand and comes back, by the frame that its body runs in. */
const yields = {
  caller: { walk: 'delegateSteps', leave: 'pauseAtYield', enter: 'proceed' },
  async: { walk: 'steps', leave: 'pause', enter: 'resume' },
  plain: { walk: 'delegateStepsHere', leave: 'leaveAtYield', enter: 'resume' },
} as const;

/** Rewrites `return value` in an async generator, which awaits the value and so leaves the strand. */
export function rewriteGeneratorReturn(
  node: BabelTypes.ReturnStatement,
  output: Output,
): BabelTypes.Node {
  return { ...node, argument: output.call('pause', output.name('strand'), node.argument!) };
}

/** Rewrites `return value` in an async function to `return adopt(strand, value)`, if the value may be a promise. */
export function rewriteReturn(
  node: BabelTypes.ReturnStatement | BabelTypes.ArrowFunctionExpression,
  suspends: boolean,
  output: Output,
): void {
  const { t } = output;
  const adopted = (value: BabelTypes.Expression): BabelTypes.Expression =>
    suspends ? output.call('adopt', output.name('strand'), value) : output.call('adoptSync', value);
  if (node.type === 'ReturnStatement') {
    // A bare `return` in a `finally` undoes the adoption of an earlier return.
    node.argument = adopted(node.argument ?? t.unaryExpression('void', t.numericLiteral(0)));
  } else node.body = adopted(node.body as BabelTypes.Expression);
}

/** Rewrites `return value` in an async function without awaits to `return resolveSync(outer, value)`. */
export function rewriteSyncReturn(
  node: BabelTypes.ReturnStatement | BabelTypes.ArrowFunctionExpression,
  output: Output,
): void {
  // An arrow's expression becomes a `return` where its body does (functions.ts).
  if (node.type !== 'ReturnStatement') return;
  const value = node.argument ? [node.argument] : [];
  node.argument = output.call('resolveSync', output.name('outer'), ...value);
}

/**
 * Re-enters the strand where a rejected `await` continues:
 *
 *   try { ... } catch (error) { resumeIfSuspended(strand); ... } finally { resumeIfSuspended(strand); ... }
 */
export function rewriteTry(node: BabelTypes.TryStatement, scope: Scope, output: Output): void {
  const { t } = output;
  if (node.handler) {
    const { param, body } = node.handler;
    if (param && param.type !== 'Identifier') {
      // Defaults inside a pattern are the user's code, and run before the body.
      const caught = output.uid('caught');
      node.handler.param = caught;
      const taken = t.variableDeclarator(param, t.identifier(caught.name));
      body.body.unshift(t.variableDeclaration('let', [taken]));
    }
    const notes = param && output.options.causes;
    body.body.unshift(notes ? caught(node.handler, scope, output) : back(scope, output));
  }
  node.finalizer?.body.unshift(back(scope, output));
}

/**
 * Runs the steps of a `for await` through the strand, and re-enters it however the loop ends:
 *
 *   try {
 *     for await (const item of steps(strand, source)) { resumeIfSuspended(strand); const { id } = item; ... }
 *   } finally { resumeIfSuspended(strand); }
 */
export function rewriteForAwait(
  node: BabelTypes.ForOfStatement,
  scope: Scope,
  output: Output,
): BabelTypes.Node {
  const { t } = output;
  const item = output.uid('item');
  const body = node.body.type === 'BlockStatement' ? node.body : t.blockStatement([node.body]);
  const head: BabelTypes.Statement[] = [back(scope, output)];
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
    output.call('steps', output.name('strand'), node.right),
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
 *   for (const item of source) try { ... } finally { resumeIfSuspended(strand); }
 */
export function rewriteForOf(node: BabelTypes.ForOfStatement, scope: Scope, output: Output): void {
  const { t } = output;
  const body = node.body.type === 'BlockStatement' ? node.body : t.blockStatement([node.body]);
  node.body = t.blockStatement([
    t.tryStatement(body, null, t.blockStatement([back(scope, output)])),
  ]);
}

/** Returns a `try` around a loop and its labels, which re-enters the strand after the loop. */
export function returnAfterLoop(
  loop: BabelTypes.Statement,
  scope: Scope,
  output: Output,
): BabelTypes.Node {
  const { t } = output;
  return t.tryStatement(t.blockStatement([loop]), null, t.blockStatement([back(scope, output)]));
}

/** Returns `noteCatch(strand, error)`, which does what `resumeIfSuspended` does and records where the error comes from. */
function caught(
  { param }: BabelTypes.CatchClause,
  { inModule }: Scope,
  output: Output,
): BabelTypes.Statement {
  const { t } = output;
  const error = t.identifier((param as BabelTypes.Identifier).name);
  return t.expressionStatement(
    output.call(inModule ? 'noteModuleCatch' : 'noteCatch', output.name('strand'), error),
  );
}

/** Re-enters the strand if it is suspended. A module needs its own helper, since it has no `end` if it throws. */
function back({ inModule }: Scope, output: Output): BabelTypes.Statement {
  const name = inModule ? 'resumeModuleIfSuspended' : 'resumeIfSuspended';
  return output.t.expressionStatement(output.call(name, output.name('strand')));
}
