import type { types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';
import type { AnyFunction } from '../nodes.js';

/**
 * Stores the frame of the call that creates a generator. That call evaluates only parameters, so the frame goes
 * into a parameter that is evaluated whatever the arguments are:
 *
 *   function* g(a) { ... }         function* g(a, ...{ throughline: created = creationFrame() }) { ... }
 *   function* g(a, ...rest)        function* g(a, ...{ throughline: ..., rest: rest = restOf(arguments, 1) })
 */
export function keepCreation<F extends AnyFunction>(node: F, output: Output): F {
  const { t } = output;
  const kept = t.objectProperty(
    t.identifier('throughline'),
    t.assignmentPattern(output.name('created'), output.call('creationFrame')),
  );
  const properties = [kept];
  const params = [...node.params] as BabelTypes.FunctionParameter[];
  const last = params[params.length - 1];
  if (last?.type === 'RestElement') {
    params.pop();
    const count = t.numericLiteral(params.length);
    const rest = output.call('restOf', t.identifier('arguments'), count);
    const pattern = t.assignmentPattern(last.argument as BabelTypes.Identifier, rest);
    properties.push(t.objectProperty(t.identifier('rest'), pattern));
  }
  params.push(t.restElement(t.objectPattern(properties)));
  return { ...node, params };
}
