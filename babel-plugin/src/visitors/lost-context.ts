import type { NodePath, types as t, Visitor } from '@babel/core';
import { functionName } from '../names.js';
import type { AnyFunction } from '../nodes.js';
import { rewriteHandoff } from '../rewrite/lost-context.js';
import type { FileState } from '../state.js';
import { isPassedCallback, lossAt } from './losses.js';
import type { Call, Loss } from './losses.js';

/**
 * Makes callbacks that are passed to unknown code check, when they are called, that their context is there. For
 * builds with causes.
 */
export const lostContext: Visitor<FileState> = {
  'CallExpression|OptionalCallExpression|NewExpression': {
    enter(path, state) {
      // One connection serves many requests: what calls back there belongs to none.
      if (state.isOfConnection) return;
      const call = path as NodePath<Call>;
      const loss = lossAt(call, state);
      if (loss === undefined) return;
      const places = call.node.arguments.filter(
        (argument) => isPassedCallback(argument, path.scope, state) && isPlainLiteral(argument),
      );
      if (places.length === 0) return;
      const site = state.sites.add(loss.at, 'call', siteName(loss));
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
        node.arguments[index] = rewriteHandoff(fn, { call: found.site, here }, state.output);
        state.changes.touch(path);
      }
    },
  },
};

/** Returns the name of a call in the table of sites: `module function`, or `receiver.method` where no module is known. */
function siteName({ module, name }: Loss): string {
  return module === undefined ? name : `${module} ${name.slice(module.length + 1)}`;
}

/** Calls that pass plain function literals to unknown code. */
const noted = new WeakMap<t.Node, { site: number; places: readonly t.Node[] }>();

function isPlainLiteral(node: t.Node): boolean {
  const isLiteral = node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
  return isLiteral && !node.async && !node.generator;
}
