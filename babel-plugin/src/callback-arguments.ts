import type { types as t } from '@babel/core';
import type { CallbackPoint } from './catalogue/entries.js';

/** Where the callbacks of a call are: indexes of arguments, or `spread` if a spread makes that a matter of run time. */
export type CallbackIndexes = readonly number[] | 'spread';

/** Values that can never be called. They stay as they are, so that the platform throws its own error. */
const uncallable = new Set([
  'StringLiteral',
  'NumericLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'TemplateLiteral',
  'RegExpLiteral',
]);

/** Returns where a call has callbacks; undefined when it has none. */
export function callbackIndexes(
  { callbacks, as }: CallbackPoint,
  args: readonly t.Node[],
): CallbackIndexes | undefined {
  const indexes = indexesOf(callbacks, args);
  const spread = args.findIndex(({ type }) => type === 'SpreadElement');
  if (spread !== -1 && (typeof callbacks === 'string' || spread <= Math.max(...indexes))) {
    return 'spread';
  }
  const found = indexes.filter((index) => {
    const argument = args[index];
    if (argument === undefined || uncallable.has(argument.type)) return false;
    return argument.type !== 'ObjectExpression' || as === 'spawnMembers';
  });
  return found.length > 0 ? found : undefined;
}

function indexesOf(
  callbacks: CallbackPoint['callbacks'],
  args: readonly t.Node[],
): readonly number[] {
  if (callbacks === 'all') return [...args.keys()];
  if (callbacks !== 'last') return callbacks;
  // Node also accepts `readFile(path, callback, undefined)`.
  return [args.findLastIndex((node) => node.type !== 'Identifier' || node.name !== 'undefined')];
}
