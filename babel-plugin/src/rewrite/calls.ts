import type { NodePath, types as BabelTypes } from '@babel/core';
import { propertyName } from '../bindings.js';
import { ruleText } from '../catalogue/entries.js';
import type { CallbackPoint } from '../catalogue/entries.js';
import type { HelperName } from '../catalogue/helpers.js';
import type { FileState } from '../state.js';

type AnyCall = BabelTypes.CallExpression | BabelTypes.OptionalCallExpression;
type AnyCallOrNew = AnyCall | BabelTypes.NewExpression;

/** Values that can never be called: the platform should be the one to complain. */
const uncallable = new Set([
  'StringLiteral',
  'NumericLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'TemplateLiteral',
  'RegExpLiteral',
]);

/**
 * `f(callback)` becomes `f(spawn(callback))`. Arguments stay in place and order; only the value that
 * reaches `f` changes. Returns whether anything did.
 */
export function rewriteCallbacks(
  call: AnyCallOrNew,
  { callbacks, as = 'spawn' }: CallbackPoint,
  state: FileState,
): boolean {
  const { t } = state;
  const places = placesOf(callbacks, call.arguments);
  const spread = call.arguments.findIndex(({ type }) => type === 'SpreadElement');
  if (spread !== -1 && (typeof callbacks === 'string' || spread <= Math.max(...places))) {
    // Where the callback is, only the run knows: f(...spawnArguments("0", ...args)).
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

function placesOf(
  callbacks: CallbackPoint['callbacks'],
  args: readonly BabelTypes.Node[],
): readonly number[] {
  if (callbacks === 'all') return [...args.keys()];
  if (callbacks !== 'last') return callbacks;
  // Node takes `readFile(path, callback, undefined)` too.
  return [args.findLastIndex((node) => node.type !== 'Identifier' || node.name !== 'undefined')];
}

/** `once(emitter, name)` becomes `eventOnce(once, emitter, name)`. */
export function rewriteWholeCall(
  call: BabelTypes.CallExpression,
  helper: HelperName,
  state: FileState,
): BabelTypes.Expression {
  return state.call(helper, call.callee as BabelTypes.Expression, ...call.arguments);
}

/**
 * `receiver.method(args)` becomes `helper(receiver, receiver.method, args)`; what the helper has to be
 * told comes first.
 *
 * The method is read between the receiver and the arguments, as the language does. A receiver that
 * is more than a name is kept for that; or, with `readLate`, the helper is given the method's name
 * and reads it itself, since no argument could tell the difference.
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

/** `new Promise(executor)` becomes `newPromise(executor)`. */
export function rewriteNewPromise(
  { node }: NodePath<BabelTypes.NewExpression>,
  state: FileState,
): BabelTypes.Expression | undefined {
  const [executor] = node.arguments;
  if (node.arguments.length !== 1 || executor!.type === 'SpreadElement') return undefined;
  return state.call('newPromise', executor!);
}

/** `log(label)` becomes `log(label, undefined, site)`, for functions of ours that name their place. */
export function rewriteSite(call: AnyCall, index: number, site: number, state: FileState): void {
  const { t } = state;
  const given = call.arguments;
  if (given.length > index || given.some(({ type }) => type === 'SpreadElement')) return;
  while (given.length < index) given.push(t.identifier('undefined'));
  given.push(state.siteNumber(site));
}
