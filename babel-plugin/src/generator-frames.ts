import type { NodePath } from '@babel/core';
import type { AnyFunction } from './nodes.js';
import type { GeneratorPolicy } from './options.js';
import { patternNames } from './rewrite/blocks.js';

/**
 * Returns true when the body of a generator runs in the frame of its creation (`generators: "creation"`). A sloppy
 * generator whose parameters must stay simple cannot store that frame, and runs in the frame of its caller.
 */
export function runsWhereCreated(path: NodePath<AnyFunction>, policy: GeneratorPolicy): boolean {
  if (policy === 'caller' || !path.node.generator) return false;
  return path.isInStrictMode() || !needsSimpleParameters(path);
}

/** Sloppy `arguments` mirrors parameters only if they are simple, and repeated names must be simple. */
function needsSimpleParameters(path: NodePath<AnyFunction>): boolean {
  const { params, body } = path.node;
  const names = params.flatMap(patternNames);
  if (new Set(names).size < names.length) return true;
  if (body.type === 'BlockStatement' && body.directives.length > 0) return true;
  let usesArguments = false;
  path.traverse({
    Identifier({ node }) {
      if (node.name === 'arguments' || node.name === 'eval') usesArguments = true;
    },
    Function(inner) {
      if (!inner.isArrowFunctionExpression()) inner.skip();
    },
  });
  return usesArguments;
}
