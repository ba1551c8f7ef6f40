import type { NodePath, types as BabelTypes } from '@babel/core';
import { isFunctionNode } from '../names.js';
import type { FileState, Types } from '../state.js';

/**
 * Rewrites `new Worker(url)` to `newWorker(() => new Worker(url))`. The data that travels with the worker is
 * available only while it is created, and is removed even if that throws. The expression itself stays, because
 * bundlers look for it.
 */
export function rewriteNewWorker(
  { node }: NodePath<BabelTypes.NewExpression>,
  state: FileState,
): BabelTypes.Expression {
  const { t } = state;
  if (!node.arguments.some(suspends)) return newWorker(node, state);

  // `await` cannot move into another function: ((...args) => newWorker(...))(await url)
  const args = state.program.scope.generateUidIdentifier('args');
  const made = { ...node, arguments: [t.spreadElement(t.identifier(args.name))] };
  const outer = t.arrowFunctionExpression([t.restElement(args)], newWorker(made, state));
  return t.callExpression(outer, node.arguments);
}

function newWorker(made: BabelTypes.NewExpression, state: FileState): BabelTypes.Expression {
  const { t } = state;
  const call = state.call('newWorker', t.arrowFunctionExpression([], made));
  const source = sourceOf(made.arguments[0], state);
  const assumed = state.options.workers === 'compiled';
  if (source || assumed) call.arguments.push(source ? t.stringLiteral(source) : absent(t));
  if (assumed) call.arguments.push(t.booleanLiteral(true));
  return call;
}

function absent(t: Types): BabelTypes.Expression {
  return t.unaryExpression('void', t.numericLiteral(0));
}

/** Returns the worker's file, in the form that bundlers recognise: `new URL('./worker.js', import.meta.url)`. */
function sourceOf(url: BabelTypes.Node | undefined, state: FileState): string | undefined {
  if (url?.type !== 'NewExpression' || url.callee.type !== 'Identifier') return undefined;
  const [path, base] = url.arguments;
  if (url.callee.name !== 'URL' || path?.type !== 'StringLiteral') return undefined;
  return base?.type === 'MemberExpression' ? state.sites.resolve(path.value) : undefined;
}

/** Rewrites `new MessageChannel()` to `newChannel(new MessageChannel())`. */
export function rewriteNewChannel(
  { node }: NodePath<BabelTypes.NewExpression>,
  state: FileState,
): BabelTypes.Expression {
  return state.call('newChannel', node);
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
