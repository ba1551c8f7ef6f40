import type { types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';

type Callback = BabelTypes.FunctionExpression | BabelTypes.ArrowFunctionExpression;

/**
 * `f(() => { B })` becomes `f(handed(call, () => { try { woke(call, here); } catch (_) {} B }))`. Where the text
 * of the function is taken to run elsewhere, it finds no `woke` there, and goes on.
 */
export function rewriteHanded(
  fn: Callback,
  { call, here }: { call: number; here: number },
  state: FileState,
): BabelTypes.Expression {
  const { t } = state;
  const [callNumber, hereNumber] = [state.siteNumber(call), state.siteNumber(here)];
  const woke = t.expressionStatement(state.call('woke', callNumber, hereNumber));
  const check = t.tryStatement(
    t.blockStatement([woke]),
    t.catchClause(state.thrown(), t.blockStatement([])),
  );
  if (fn.body.type === 'BlockStatement') fn.body.body.unshift(check);
  else {
    const result = { ...t.returnStatement(fn.body), loc: fn.body.loc ?? null };
    fn.body = t.blockStatement([check, result]);
    (fn as BabelTypes.ArrowFunctionExpression).expression = false;
  }
  return state.call('handed', state.siteNumber(call), fn);
}
