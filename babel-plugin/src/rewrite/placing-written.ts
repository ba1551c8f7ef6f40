import type { NodePath, types as BabelTypes } from '@babel/core';
import { functionName } from '../names.js';
import type { AnyFunction } from '../nodes.js';
import type { Writer } from './changes.js';
import { rewriteNativeBody } from './functions.js';
import type { NativeFacts } from './functions.js';
import { computedKey, namingKey, pure, replaceByValue } from './placing.js';

/**
 * Puts a stand-in with the same text in the place of a function whose text is read, so that its promise carries the strand:
 *
 *   test('adds', async ({ page }) => { ... });
 *   test('adds', asWritten({ '': async ({ page }) => { ... } }, ''));
 */
export function placeWritten(
  path: NodePath<AnyFunction>,
  facts: NativeFacts,
  { output, changes }: Writer,
): void {
  const { t } = output;
  if (path.node.type === 'ObjectMethod' && facts.usesSuper) {
    // It is tied to its object.
    return changes.replace(path, rewriteNativeBody(path.node, facts, output));
  }
  const node = rewriteNativeBody(path.node, facts, output, 'enterWritten');
  if (node.type === 'ObjectMethod') {
    const known = node.computed ? computedKey(node, path, output) : undefined;
    const name = known ? t.identifier(known.name) : t.stringLiteral(functionName(path));
    const method = { ...node, key: t.cloneNode(name) };
    const value = output.call('asWritten', t.objectExpression([method]), name);
    const key = isProto(name) ? name : node.key;
    changes.replace(path, t.objectProperty(key, pure(value), node.computed || isProto(name)));
  } else {
    const known = namingKey(path, { output, changes });
    const name = known ?? t.stringLiteral(functionName(path));
    const isComputed = known !== undefined || isProto(name);
    const member = t.objectProperty(t.cloneNode(name), node as BabelTypes.Expression, isComputed);
    replaceByValue(path, output.call('asWritten', t.objectExpression([member]), name), changes);
  }
}

/** Returns true for a key that would set the prototype of an object instead of a property. */
function isProto(name: BabelTypes.Expression): boolean {
  return name.type === 'StringLiteral' && name.value === '__proto__';
}
