import type { types as BabelTypes } from '@babel/core';
import { propertyName } from '../bindings.js';
import type { CallbackCall, HelperName } from '../catalogue.js';
import type { FileState } from '../state.js';

type AnyCall = BabelTypes.CallExpression | BabelTypes.OptionalCallExpression;

/** Values that can never be called: the platform should be the one to complain. */
const uncallable = new Set([
  'StringLiteral',
  'NumericLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'TemplateLiteral',
  'ObjectExpression',
  'ArrayExpression',
  'RegExpLiteral',
]);

/**
 * `f(callback)` becomes `f(spawn(callback))`. Arguments stay in place and order; only the value that
 * reaches `f` changes. Returns whether anything did.
 */
export function rewriteCallbacks(
  call: AnyCall,
  { callbacks }: CallbackCall,
  state: FileState,
): boolean {
  const { t } = state;
  const spread = call.arguments.findIndex(({ type }) => type === 'SpreadElement');
  if (spread !== -1 && spread <= Math.max(...callbacks)) {
    // Where the callback is, only the run knows: f(...spawnArguments([0], ...args)).
    const indexes = t.arrayExpression(callbacks.map((index) => t.numericLiteral(index)));
    call.arguments = [t.spreadElement(state.call('spawnArguments', indexes, ...call.arguments))];
    return true;
  }

  let changed = false;
  for (const index of callbacks) {
    const argument = call.arguments[index];
    if (argument === undefined || uncallable.has(argument.type)) continue;
    call.arguments[index] = state.call('spawn', argument);
    changed = true;
  }
  return changed;
}

/**
 * `receiver.method(args)` becomes `helper(receiver, receiver.method, args)`.
 *
 * The method is read between the receiver and the arguments, as the language does. A receiver that
 * is more than a name is kept for that; or, with `readLate`, the helper is given the method's name
 * and reads it itself, since no argument could tell the difference.
 */
export function rewriteMethodCall(
  call: BabelTypes.CallExpression,
  helper: HelperName,
  { readLate }: { readLate: boolean },
  state: FileState,
): BabelTypes.Expression {
  const { t } = state;
  const callee = call.callee as BabelTypes.MemberExpression;
  const { object } = callee;

  if (object.type === 'Super') {
    return state.call(helper, t.thisExpression(), callee, ...call.arguments);
  }
  if (object.type === 'Identifier' || object.type === 'ThisExpression') {
    return state.call(helper, t.cloneNode(object), callee, ...call.arguments);
  }
  if (readLate) {
    return state.call(helper, object, t.stringLiteral(propertyName(callee)!), ...call.arguments);
  }

  callee.object = state.receiver();
  const kept = t.assignmentExpression('=', state.receiver(), object);
  return state.call(helper, kept, callee, ...call.arguments);
}

/** `new Promise(executor)` becomes `newPromise(executor)`. */
export function rewriteNewPromise(
  node: BabelTypes.NewExpression,
  state: FileState,
): BabelTypes.Expression {
  return state.call('newPromise', node.arguments[0]!);
}

/** `log(label)` becomes `log(label, undefined, site)`, for functions of ours that name their place. */
export function rewriteSite(call: AnyCall, index: number, site: number, state: FileState): void {
  const { t } = state;
  const given = call.arguments;
  if (given.length > index || given.some(({ type }) => type === 'SpreadElement')) return;
  while (given.length < index) given.push(t.identifier('undefined'));
  given.push(t.binaryExpression('+', state.siteBase(), t.numericLiteral(site)));
}
