import type { NodePath, types as BabelTypes } from '@babel/core';
import type { FileState } from '../state.js';

type Expression = BabelTypes.Expression;
type Link = BabelTypes.OptionalMemberExpression | BabelTypes.OptionalCallExpression;

/** Returns the rewritten call of a method that is known by name. */
export type RewriteCall = (
  call: BabelTypes.OptionalCallExpression,
  receiver: Expression,
  method: Expression,
) => Expression;

/**
 * Lowers an optional chain to explicit tests, so that a call in it can be rewritten:
 *
 *   a?.b.then(f).c    (t = a) == null ? void 0 : chain(r = t.b, r.then, f).c
 *
 * Each receiver, method and argument is evaluated at most once, in the original order.
 */
export function lowerChain(
  path: NodePath<Link>,
  calls: ReadonlySet<BabelTypes.Node>,
  rewrite: RewriteCall,
  state: FileState,
): Expression {
  const { t } = state;
  const tests: Expression[] = [];
  const value = lower(path.node);
  const absent = t.unaryExpression('void', t.numericLiteral(0));
  return tests.reduceRight<Expression>(
    (rest, test) => t.conditionalExpression(test, t.cloneNode(absent), rest),
    value,
  );

  function lower(node: BabelTypes.Node): Expression {
    if (node.type === 'OptionalMemberExpression') return member(node, lower(node.object));
    if (node.type === 'OptionalCallExpression') return call(node);
    return node as Expression;
  }

  /** Stores a value in a variable and adds a test that it is not nullish. */
  function present(value: Expression): Expression {
    const kept = state.temporary('present', path);
    const assigned = t.assignmentExpression('=', t.identifier(kept.name), value);
    tests.push(t.binaryExpression('==', assigned, t.nullLiteral()));
    return t.identifier(kept.name);
  }

  function member(
    node: BabelTypes.OptionalMemberExpression,
    object: Expression,
  ): BabelTypes.MemberExpression {
    const from = node.optional ? present(object) : object;
    const access = t.memberExpression(from, node.property as Expression, node.computed);
    access.loc = node.loc ?? null;
    return access;
  }

  function call(node: BabelTypes.OptionalCallExpression): Expression {
    const { callee } = node;
    const isMember =
      callee.type === 'OptionalMemberExpression' || callee.type === 'MemberExpression';
    if (!isMember) {
      const fn = lower(callee);
      return located(t.callExpression(node.optional ? present(fn) : fn, node.arguments), node);
    }
    const object = lower(callee.object);
    const isOptional = callee.type === 'OptionalMemberExpression' && callee.optional;
    const from = isOptional ? present(object) : object;
    if (!node.optional && !calls.has(node)) {
      const access = t.memberExpression(from, callee.property as Expression, callee.computed);
      return located(t.callExpression(access, node.arguments), node);
    }

    // The receiver is needed twice: for its method, and for the call.
    const receiver = state.temporary('receiver', path);
    const kept = t.assignmentExpression('=', t.identifier(receiver.name), from);
    const again = (): BabelTypes.Identifier => t.identifier(receiver.name);
    if (!node.optional) {
      const method = t.memberExpression(again(), callee.property as Expression, callee.computed);
      return rewrite(node, kept, method);
    }
    const method = present(
      t.memberExpression(kept, callee.property as Expression, callee.computed),
    );
    if (calls.has(node)) return rewrite(node, again(), method);
    const applied = t.memberExpression(method, t.identifier('call'));
    return located(t.callExpression(applied, [again(), ...node.arguments]), node);
  }

  function located<N extends BabelTypes.Node>(node: N, from: BabelTypes.Node): N {
    node.loc = from.loc ?? null;
    return node;
  }
}
