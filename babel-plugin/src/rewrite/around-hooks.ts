import type { NodePath, types as t, Visitor } from '@babel/core';
import { propertyName } from '../bindings.js';
import type { FileState } from '../state.js';

const AROUND = new Set(['aroundEach', 'aroundAll']);

/** Matches code that may have hooks of Vitest that run around tests. */
export const mayHaveAroundHooks = /\baround(?:Each|All)\b/;

/**
 * Gives `aroundEach((run) => B)` an empty second parameter. Vitest reads the names of fixtures there, out of the text;
 * Babel writes the function without parentheses, and Vitest would read the first ones of its body.
 */
export const aroundHooks: Visitor<FileState> = {
  CallExpression(path, { output: { t } }) {
    if (!AROUND.has(calleeName(path.node.callee) ?? '')) return;
    const hook = path.get('arguments')[0] as NodePath | undefined;
    if (!hook?.isArrowFunctionExpression()) return;
    const { params } = hook.node;
    if (params.length === 1 && params[0]!.type === 'Identifier') params.push(t.objectPattern([]));
  },
};

function calleeName(callee: t.Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
}
