import type { NodePath, types as BabelTypes } from '@babel/core';
import { propertyName } from '../bindings.js';
import { ruleText } from '../catalogue/entries.js';
import type { CallbackPoint } from '../catalogue/entries.js';
import type { HelperName } from '../catalogue/helpers.js';
import type { FileState } from '../state.js';

type AnyCall = BabelTypes.CallExpression | BabelTypes.OptionalCallExpression;
type AnyCallOrNew = AnyCall | BabelTypes.NewExpression;

/** Values that can never be called. They stay as they are, so that the platform throws its own error. */
const uncallable = new Set([
  'StringLiteral',
  'NumericLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'TemplateLiteral',
  'RegExpLiteral',
]);

/**
 * Rewrites `f(callback)` to `f(spawn(callback))`. Arguments keep their positions and order. Returns true when
 * anything changed.
 */
export function rewriteCallbacks(
  call: AnyCallOrNew,
  { callbacks, as = 'spawn' }: CallbackPoint,
  state: FileState,
): boolean {
  const { t } = state;
  const places = callbackIndexes(callbacks, call.arguments);
  const spread = call.arguments.findIndex(({ type }) => type === 'SpreadElement');
  if (spread !== -1 && (typeof callbacks === 'string' || spread <= Math.max(...places))) {
    // The index of the callback is known only at run time: f(...spawnArguments("0", ...args)).
    const rule = t.stringLiteral(ruleText({ kind: 'callback', callbacks, as }, state.eventPolicy));
    call.arguments = [t.spreadElement(state.call('spawnArguments', rule, ...call.arguments))];
    return true;
  }

  const { eventPolicy } = state;
  const by = as === 'listening' && eventPolicy !== 'auto' ? [t.stringLiteral(eventPolicy)] : [];
  let changed = false;
  for (const index of places) {
    const argument = call.arguments[index];
    if (argument === undefined || uncallable.has(argument.type)) continue;
    if (argument.type === 'ObjectExpression' && as !== 'members') continue;
    call.arguments[index] = state.call(as, argument as BabelTypes.Expression, ...by);
    changed = true;
  }
  return changed;
}

function callbackIndexes(
  callbacks: CallbackPoint['callbacks'],
  args: readonly BabelTypes.Node[],
): readonly number[] {
  if (callbacks === 'all') return [...args.keys()];
  if (callbacks !== 'last') return callbacks;
  // Node also accepts `readFile(path, callback, undefined)`.
  return [args.findLastIndex((node) => node.type !== 'Identifier' || node.name !== 'undefined')];
}

/** Rewrites `once(emitter, name)` to `eventOnce(once, emitter, name)`. */
export function rewriteWholeCall(
  call: BabelTypes.CallExpression,
  helper: HelperName,
  state: FileState,
): BabelTypes.Expression {
  return state.call(helper, call.callee as BabelTypes.Expression, ...call.arguments);
}

/**
 * Rewrites `receiver.method(args)` to `helper(...first, receiver, receiver.method, args)`.
 *
 * The method is read after the receiver and before the arguments, as in the language. A receiver that is not a
 * plain name is stored in a variable for that. With `readLate`, the helper gets the method's name and reads it
 * itself, because no argument can observe the difference.
 */
export function rewriteMethodCall(
  call: BabelTypes.CallExpression,
  { helper, first }: { readonly helper: HelperName; readonly first: readonly string[] },
  { readLate }: { readLate: boolean },
  state: FileState,
): BabelTypes.Expression {
  const { t } = state;
  const callee = call.callee as BabelTypes.MemberExpression;
  const { object } = callee;
  const told = first.map((text) => t.stringLiteral(text));

  if (object.type === 'Super') {
    return state.call(helper, ...told, t.thisExpression(), callee, ...call.arguments);
  }
  if (object.type === 'Identifier' || object.type === 'ThisExpression') {
    return state.call(helper, ...told, t.cloneNode(object), callee, ...call.arguments);
  }
  if (readLate) {
    return state.call(
      helper,
      ...told,
      object,
      t.stringLiteral(propertyName(callee)!),
      ...call.arguments,
    );
  }

  callee.object = state.receiver();
  const kept = t.assignmentExpression('=', state.receiver(), object);
  return state.call(helper, ...told, kept, callee, ...call.arguments);
}

/** Rewrites `new Promise(executor)` to `newPromise(executor)`. */
export function rewriteNewPromise(
  { node }: NodePath<BabelTypes.NewExpression>,
  state: FileState,
): BabelTypes.Expression | undefined {
  const [executor] = node.arguments;
  if (node.arguments.length !== 1 || executor!.type === 'SpreadElement') return undefined;
  return state.call('newPromise', executor!);
}

/** Rewrites `log(label)` to `logAt(site, log, label)`. */
export function rewriteLog(
  call: BabelTypes.CallExpression,
  site: number,
  state: FileState,
): BabelTypes.Expression {
  const callee = call.callee as BabelTypes.Expression;
  return state.call('logAt', state.siteNumber(site), callee, ...call.arguments);
}
