import type { types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';

type Callback = BabelTypes.FunctionExpression | BabelTypes.ArrowFunctionExpression;

/**
 * Rewrites `f(() => { B })` to `f(noteHandoff(call, () => { try { checkContext(call, here); } catch (_) {} B }))`.
 * The `try` is for a function whose source text runs elsewhere, where `checkContext` is not defined.
 */
export function rewriteHandoff(
  fn: Callback,
  { call, here }: { call: number; here: number },
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  const [callNumber, hereNumber] = [output.siteNumber(call), output.siteNumber(here)];
  const checked = t.expressionStatement(output.call('checkContext', callNumber, hereNumber));
  const check = t.tryStatement(
    t.blockStatement([checked]),
    t.catchClause(output.name('thrown'), t.blockStatement([])),
  );
  if (fn.body.type === 'BlockStatement') fn.body.body.unshift(check);
  else {
    const result = { ...t.returnStatement(fn.body), loc: fn.body.loc ?? null };
    fn.body = t.blockStatement([check, result]);
    (fn as BabelTypes.ArrowFunctionExpression).expression = false;
  }
  return output.call('noteHandoff', output.siteNumber(call), fn);
}
