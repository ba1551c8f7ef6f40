import type { NodePath, types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';
import { patternNames } from './blocks.js';
import type { AnyFunction } from './functions.js';

/**
 * Whether the body of a generator runs in the frame in which it was made (`generators: "creation"`). A
 * sloppy one whose parameters have to stay simple cannot tell that frame, and runs in its caller's.
 */
export function runsWhereCreated(path: NodePath<AnyFunction>, state: FileState): boolean {
  if (state.options.generators === 'caller' || !path.node.generator) return false;
  return path.isInStrictMode() || !needsSimpleParameters(path);
}

/** Sloppy `arguments` mirrors simple parameters; two of one name have to be simple. */
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
 * Keeps the frame of the call that makes a generator. Only parameters are evaluated then, and this one
 * is there whatever is passed:
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
