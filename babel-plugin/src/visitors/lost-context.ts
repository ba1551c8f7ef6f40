import type { NodePath, types as t, Visitor } from '@babel/core';
import { functionName } from '../names.js';
import type { AnyFunction } from '../rewrite/functions.js';
import { rewriteHanded } from '../rewrite/lost-context.js';
import type { FileState } from '../state.js';
import { isHandedOver, lossAt } from './losses.js';
import type { Call } from './losses.js';

/**
 * In builds with causes: functions that are handed to code nothing is known about look, when they are
 * called, whether their context came along.
 */
export const lostContext: Visitor<FileState> = {
  'CallExpression|OptionalCallExpression|NewExpression': {
    enter(path, state) {
      const call = path as NodePath<Call>;
      const loss = lossAt(call, state);
      if (loss === undefined) return;
      const places = call.node.arguments.filter(
        (argument) => isHandedOver(argument, path.scope, state) && isPlainLiteral(argument),
      );
      if (places.length === 0) return;
      const site = state.sites.add(loss.at, 'call', loss.name);
      noted.set(call.node, { site, places });
    },
    exit(path, state) {
      const { node } = path as NodePath<Call>;
      const found = noted.get(node);
      if (found === undefined) return;
      for (const [index, argument] of node.arguments.entries()) {
        if (!found.places.includes(argument)) continue;
        const name = functionName(
          (path as NodePath<Call>).get(`arguments.${index}`) as NodePath<AnyFunction>,
        );
        const here = state.sites.add(argument, 'function', name);
        const fn = argument as t.FunctionExpression | t.ArrowFunctionExpression;
        node.arguments[index] = rewriteHanded(fn, { call: found.site, here }, state);
        state.touch(path);
      }
    },
  },
};

/** Calls that hand over functions as they stand, which stay what they are. */
const noted = new WeakMap<t.Node, { site: number; places: readonly t.Node[] }>();

function isPlainLiteral(node: t.Node): boolean {
  const isLiteral = node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
  return isLiteral && !node.async && !node.generator;
}
