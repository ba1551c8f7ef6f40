import type { NodePath, types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';
import { patternNames } from './blocks.js';
import type { AnyFunction } from './functions.js';

/**
 * Returns true when the body of a generator runs in the frame of its creation (`generators: "creation"`). A sloppy
 * generator whose parameters must stay simple cannot store that frame, and runs in the frame of its caller.
 */
export function runsWhereCreated(path: NodePath<AnyFunction>, state: FileState): boolean {
  if (state.options.generators === 'caller' || !path.node.generator) return false;
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

/**
 * Stores the frame of the call that creates a generator. That call evaluates only parameters, so the frame goes
 * into a parameter that is evaluated whatever the arguments are:
 *
 *   function* g(a) { ... }         function* g(a, ...{ throughline: created = created() }) { ... }
 *   function* g(a, ...rest)        function* g(a, ...{ throughline: ..., rest: rest = restOf(arguments, 1) })
 */
export function keepCreation<F extends AnyFunction>(node: F, state: FileState): F {
  const { t } = state;
  const kept = t.objectProperty(
    t.identifier('throughline'),
    t.assignmentPattern(state.created(), state.call('created')),
  );
  const properties = [kept];
  const params = [...node.params] as BabelTypes.FunctionParameter[];
  const last = params[params.length - 1];
  if (last?.type === 'RestElement') {
    params.pop();
    const count = t.numericLiteral(params.length);
    const rest = state.call('restOf', t.identifier('arguments'), count);
    const pattern = t.assignmentPattern(last.argument as BabelTypes.Identifier, rest);
    properties.push(t.objectProperty(t.identifier('rest'), pattern));
  }
  params.push(t.restElement(t.objectPattern(properties)));
  return { ...node, params };
}
