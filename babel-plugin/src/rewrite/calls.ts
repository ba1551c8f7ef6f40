import type { types as BabelTypes } from '@babel/core';
import { propertyName } from '../bindings.js';
import type { CallbackIndexes } from '../callback-arguments.js';
import { ruleText } from '../catalogue/entries.js';
import type { CallbackPoint } from '../catalogue/entries.js';
import type { HelperName } from '../catalogue/helpers.js';
import type { EventPolicy } from '../options.js';
import type { Output } from './output.js';

type AnyCall =
  BabelTypes.CallExpression | BabelTypes.OptionalCallExpression | BabelTypes.NewExpression;

/** Rewrites `f(callback)` to `f(spawn(callback))`. Arguments keep their positions and order. */
export function rewriteCallbacks(
  call: AnyCall,
  { callbacks, as = 'spawn' }: CallbackPoint,
  indexes: CallbackIndexes,
  { site, policy }: { site: number; policy: EventPolicy },
  output: Output,
): void {
  const { t } = output;
  // Tests ask their mocks what they were called with.
  const forMock = (spawned: BabelTypes.Expression): BabelTypes.Expression =>
    output.options.causes && isName(call.callee)
      ? output.call('forMock', t.cloneNode(call.callee), spawned)
      : spawned;
  if (indexes === 'spread') {
    // The index of the callback is known only at run time: f(...spawnArguments("0", ...args)).
    const rule = t.stringLiteral(ruleText({ kind: 'callback', callbacks, as }, policy));
    const spawned = output.callAt(site, 'spawnArguments', rule, ...call.arguments);
    call.arguments = [t.spreadElement(forMock(spawned))];
    return;
  }
  const by = as === 'spawnListener' && policy !== 'auto' ? [t.stringLiteral(policy)] : [];
  for (const index of indexes) {
    const argument = call.arguments[index] as BabelTypes.Expression;
    call.arguments[index] = forMock(output.callAt(site, as, argument, ...by));
  }
}

/** Returns true for `setTimeout` and `fs.promises.readFile`, which can be read twice. */
function isName(node: BabelTypes.Node): node is BabelTypes.Expression {
  if (node.type === 'MemberExpression') return !node.computed && isName(node.object);
  return node.type === 'Identifier';
}

/** Rewrites `once(emitter, name)` to `eventOnce(once, emitter, name)`. */
export function rewriteWholeCall(
  call: BabelTypes.CallExpression,
  helper: HelperName,
  site: number,
  output: Output,
): BabelTypes.Expression {
  return output.callAt(site, helper, call.callee as BabelTypes.Expression, ...call.arguments);
}

/** The helper that calls a method known by name, and its leading string arguments. */
export interface MethodHelper {
  readonly helper: HelperName;
  readonly first: readonly string[];
}

/**
 * Rewrites `receiver.method(args)` to `helper(...first, receiver, receiver.method, args)`.
 *
 * The method is read after the receiver and before the arguments, as in the language. A receiver that is not a
 * plain name is held for that one moment: `helper(hold(f()), held().on, args)`. With `readLate`, the
 * helper gets the method's name and reads it itself, because no argument can observe the difference.
 */
export function rewriteMethodCall(
  call: BabelTypes.CallExpression,
  { helper, first }: MethodHelper,
  { site, readLate }: { site: number; readLate: boolean },
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  const callee = call.callee as BabelTypes.MemberExpression;
  const { object } = callee;
  const made = (receiver: BabelTypes.Expression, method: BabelTypes.Expression) =>
    rewrittenMethodCall({ helper, first }, site, receiver, method, call.arguments, output);

  if (object.type === 'Super') return made(t.thisExpression(), callee);
  if (object.type === 'Identifier' || object.type === 'ThisExpression') {
    return made(t.cloneNode(object), callee);
  }
  if (readLate) return made(object, t.stringLiteral(propertyName(callee)!));
  callee.object = output.call('held');
  return made(output.call('hold', object), callee);
}

/** Returns `helper(...first, receiver, method, ...args)`. */
export function rewrittenMethodCall(
  { helper, first }: MethodHelper,
  site: number,
  receiver: BabelTypes.Expression,
  method: BabelTypes.Expression,
  args: BabelTypes.CallExpression['arguments'],
  output: Output,
): BabelTypes.Expression {
  const leading = first.map((text) => output.t.stringLiteral(text));
  return output.callAt(site, helper, ...leading, receiver, method, ...args);
}

/**
 * Rewrites `object.method.apply(self, args)` to `callThrough(helper, [...first], object.method, "apply", self, args)`, and
 * `call` in the same way.
 */
export function rewriteCallThrough(
  call: BabelTypes.CallExpression,
  { helper, first }: MethodHelper,
  site: number,
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  const callee = call.callee as BabelTypes.MemberExpression;
  const named = output.callAt(site, helper, ...first.map((text) => t.stringLiteral(text)));
  return output.call(
    'callThrough',
    named.callee as BabelTypes.Expression,
    t.arrayExpression(named.arguments as BabelTypes.Expression[]),
    callee.object as BabelTypes.Expression,
    t.stringLiteral(propertyName(callee)!),
    ...call.arguments,
  );
}

/** Rewrites `new Promise(executor)` to `newPromise(executor)`. */
export function rewriteNewPromise(
  { arguments: [executor] }: BabelTypes.NewExpression,
  output: Output,
): BabelTypes.Expression {
  return output.call('newPromise', executor!);
}

/** Rewrites `log(label)` to `logAt(site, log, label)`. */
export function rewriteLog(
  call: BabelTypes.CallExpression,
  site: number,
  output: Output,
): BabelTypes.Expression {
  const callee = call.callee as BabelTypes.Expression;
  return output.call('logAt', output.siteNumber(site), callee, ...call.arguments);
}
