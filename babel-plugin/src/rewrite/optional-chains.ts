import type { NodePath, types as BabelTypes } from '@babel/core';
import type { Output } from './output.js';

type Expression = BabelTypes.Expression;
type Member = BabelTypes.OptionalMemberExpression | BabelTypes.MemberExpression;
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
 *   a?.b.then(f).c    (t = a) == null ? void 0 : chain(hold(first(t, t = void 0).b), held().then, f).c
 *
 * Each receiver, method and argument is evaluated at most once, in the original order. A variable is cleared where
 * it is read for the last time, so that it keeps nothing alive.
 */
export function lowerChain(
  path: NodePath<Link>,
  calls: ReadonlySet<BabelTypes.Node>,
  rewrite: RewriteCall,
  output: Output,
): Expression {
  return new Lowering(path, calls, rewrite, output).lowered();
}

class Lowering {
  private readonly tests: Expression[] = [];
  private readonly t: Output['t'];

  constructor(
    private readonly path: NodePath<Link>,
    private readonly calls: ReadonlySet<BabelTypes.Node>,
    private readonly rewrite: RewriteCall,
    private readonly output: Output,
  ) {
    this.t = output.t;
  }

  lowered(): Expression {
    const value = this.lower(this.path.node);
    return this.tests.reduceRight<Expression>(
      (rest, test) => this.t.conditionalExpression(test, this.output.absent(), rest),
      value,
    );
  }

  private lower(node: BabelTypes.Node): Expression {
    if (node.type === 'OptionalMemberExpression') return this.member(node);
    if (node.type !== 'OptionalCallExpression') return node as Expression;
    return isMember(node.callee) ? this.methodCall(node, node.callee) : this.plainCall(node);
  }

  private member(node: BabelTypes.OptionalMemberExpression): Expression {
    return located(this.access(this.object(node), node), node);
  }

  private plainCall(node: BabelTypes.OptionalCallExpression): Expression {
    const fn = this.lower(node.callee);
    const callee = node.optional ? this.present(fn) : fn;
    return located(this.t.callExpression(callee, node.arguments), node);
  }

  private methodCall(node: BabelTypes.OptionalCallExpression, callee: Member): Expression {
    const { t, output } = this;
    const object = this.object(callee);
    const isKnown = this.calls.has(node);
    if (!node.optional) {
      if (!isKnown)
        return located(t.callExpression(this.access(object, callee), node.arguments), node);
      const held = this.access(output.call('held'), callee);
      return this.rewrite(node, output.call('hold', object), held);
    }
    // The receiver is needed twice: for its method, which is tested, and for the call.
    const receiver = output.temporary('receiver', this.path);
    const kept = t.assignmentExpression('=', t.identifier(receiver.name), object);
    const method = this.present(this.access(kept, callee));
    if (isKnown) return this.rewrite(node, output.take(receiver), method);
    const applied = t.memberExpression(method, t.identifier('call'));
    return located(t.callExpression(applied, [output.take(receiver), ...node.arguments]), node);
  }

  /** Returns the object of a member expression, with the test that `?.` asks for. */
  private object(node: Member): Expression {
    const object = this.lower(node.object);
    return node.type === 'OptionalMemberExpression' && node.optional
      ? this.present(object)
      : object;
  }

  private access(object: Expression, { property, computed }: Member): BabelTypes.MemberExpression {
    return this.t.memberExpression(object, property as Expression, computed);
  }

  /** Stores a value in a variable and adds a test that it is not nullish. Returns the value. */
  private present(value: Expression): Expression {
    const { t } = this;
    const kept = this.output.temporary('present', this.path);
    const assigned = t.assignmentExpression('=', t.identifier(kept.name), value);
    this.tests.push(t.binaryExpression('==', assigned, t.nullLiteral()));
    return this.output.take(kept);
  }
}

function isMember(node: BabelTypes.Node): node is Member {
  return node.type === 'OptionalMemberExpression' || node.type === 'MemberExpression';
}

function located<N extends BabelTypes.Node>(node: N, from: BabelTypes.Node): N {
  node.loc = from.loc ?? null;
  return node;
}
