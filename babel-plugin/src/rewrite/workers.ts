import type { types as BabelTypes } from '@babel/core';
import { isFunctionNode } from '../nodes.js';
import type { Output } from './output.js';

/**
 * Rewrites `new Worker(url)` to `newWorker(() => new Worker(url))`. The data that travels with the worker is
 * available only while it is created, and is removed even if that throws. The expression itself stays, because
 * bundlers look for it.
 */
export function rewriteNewWorker(
  node: BabelTypes.NewExpression,
  source: string | undefined,
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  if (!node.arguments.some(suspends)) return newWorker(node, source, output);

  // `await` cannot move into another function: ((...args) => newWorker(...))(await url)
  const args = output.uid('args');
  const made = { ...node, arguments: [t.spreadElement(t.identifier(args.name))] };
  const outer = t.arrowFunctionExpression([t.restElement(args)], newWorker(made, source, output));
  return t.callExpression(outer, node.arguments);
}

function newWorker(
  made: BabelTypes.NewExpression,
  source: string | undefined,
  output: Output,
): BabelTypes.Expression {
  const { t } = output;
  const call = output.call('newWorker', t.arrowFunctionExpression([], made));
  const assumed = output.options.workers === 'instrumented';
  if (source || assumed) call.arguments.push(source ? t.stringLiteral(source) : output.absent());
  if (assumed) call.arguments.push(t.booleanLiteral(true));
  return call;
}

/** Rewrites `new MessageChannel()` to `newChannel(new MessageChannel())`. */
export function rewriteNewChannel(
  node: BabelTypes.NewExpression,
  output: Output,
): BabelTypes.Expression {
  return output.call('newChannel', node);
}

/** Returns true when a node contains an `await` or `yield` of the function around it. */
function suspends(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(suspends);
  if (typeof node !== 'object' || node === null) return false;
  const { type } = node as { type?: string };
  if (type === undefined) return false;
  if (type === 'AwaitExpression' || type === 'YieldExpression') return true;
  if (isFunctionNode(node as BabelTypes.Node)) return false;
  return Object.entries(node).some(([key, value]) => !aside.has(key) && suspends(value));
}

const aside = new Set(['loc', 'leadingComments', 'trailingComments', 'innerComments', 'extra']);
