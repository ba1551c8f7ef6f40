import type { NodePath, types as BabelTypes } from '@babel/core';
import type { EventPolicy } from '../options.js';
import type { Output } from './output.js';

/**
 * Rewrites an assignment of a handler. The value of the expression stays what the program assigned:
 *
 *   port.onmessage = f            port.onmessage = handlerFor(port, "onmessage", f)
 *   open().onsuccess = f          hold(open()).onsuccess = handlerFor(held(), "onsuccess", f)
 *   g(port.onmessage = f)         g(handlerOf(port.onmessage = handlerFor(port, "onmessage", f)))
 */
export function rewriteHandler(
  path: NodePath<BabelTypes.AssignmentExpression>,
  name: string,
  { site, policy, isUsed }: { site: number; policy: EventPolicy; isUsed: boolean },
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  const { node } = path;
  const by = policy === 'auto' ? [] : [t.stringLiteral(policy)];
  const receiver = receiverOf(path, output);
  node.right = output.callAt(
    site,
    'handlerFor',
    receiver,
    t.stringLiteral(name),
    node.right,
    ...by,
  );
  return isUsed ? output.call('handlerOf', node) : node;
}

/** Returns the receiver of an assignment, which is evaluated once. */
function receiverOf(
  path: NodePath<BabelTypes.AssignmentExpression>,
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  const { left, operator } = path.node;
  if (left.type !== 'MemberExpression') return t.identifier('globalThis');
  const { object } = left;
  if (object.type === 'Identifier' || object.type === 'ThisExpression') return t.cloneNode(object);
  if (operator === '=') {
    left.object = output.call('hold', object);
    return output.call('held');
  }
  // A logical assignment reads the property first, so the program's own code may run in between.
  const kept = output.temporary('target', path);
  left.object = t.assignmentExpression('=', t.identifier(kept.name), object);
  return output.take(kept);
}

/** Rewrites `port.onmessage`, where it is read, to `handlerOf(port.onmessage)`: what the program assigned. */
export function rewriteHandlerRead(
  node: BabelTypes.Expression,
  output: Output,
): BabelTypes.Expression {
  return output.call('handlerOf', node);
}
