import type { types as BabelTypes } from '@babel/core';
import type { PlainHelper } from '../catalogue/helpers.js';
import { asBlock } from './blocks.js';
import type { Output } from './output.js';

/** Returns true for `using x = …` and `await using x = …`. */
export function isUsing(
  node: BabelTypes.Node | null | undefined,
): node is BabelTypes.VariableDeclaration {
  return node?.type === 'VariableDeclaration' && /using$/.test(node.kind);
}

/**
 * Writes the disposal at the end of a block out, because the engine awaits there without telling anyone. The `await`
 * is rewritten later, like one of the program (ECMAScript, DisposeResources):
 *
 *   const _using = openUsing();
 *   try { const file = useAsync(_using, open()); ... }
 *   catch (error) { failUsing(_using, error); }
 *   finally {
 *     while (disposeNext(_using)) try { await _using.awaited; } catch (error) { failUsing(_using, error); }
 *     closeUsing(_using);
 *   }
 */
export function lowerUsings(
  block: BabelTypes.BlockStatement,
  isFunctionBody: boolean,
  output: Output,
): void {
  const { t } = output;
  const declarations = block.body.filter(isUsing);
  if (declarations.length === 0) return;
  const stack = output.uid('using');
  const call = (name: PlainHelper, ...args: BabelTypes.Expression[]): BabelTypes.Statement =>
    t.expressionStatement(output.call(name, t.identifier(stack.name), ...args));
  const noted = (): BabelTypes.CatchClause => {
    const error = output.uid('error');
    return t.catchClause(error, t.blockStatement([call('failUsing', t.identifier(error.name))]));
  };

  const awaited = t.memberExpression(t.identifier(stack.name), t.identifier('awaited'));
  const waiting = t.whileStatement(
    output.call('disposeNext', t.identifier(stack.name)),
    t.tryStatement(t.blockStatement([t.expressionStatement(t.awaitExpression(awaited))]), noted()),
  );
  const waits = declarations.some(({ kind }) => kind === 'await using');
  const end = t.blockStatement([...(waits ? [waiting] : []), call('closeUsing')]);
  for (const declaration of declarations) {
    const use = declaration.kind === 'using' ? 'useSync' : 'useAsync';
    declaration.kind = 'const';
    for (const one of declaration.declarations)
      one.init = output.call(use, t.identifier(stack.name), named(one, output));
  }
  const body = isFunctionBody ? asBlock(block.body, false, t) : t.blockStatement(block.body);
  block.body = [
    t.variableDeclaration('const', [t.variableDeclarator(stack, output.call('openUsing'))]),
    t.tryStatement(body, noted(), end),
  ];
}

/** Moves the declaration in the head of a loop into its body: `for (const _item of all) { using item = _item; ... }`. */
export function lowerUsingHead(loop: BabelTypes.ForOfStatement, output: Output): void {
  const { t } = output;
  const { left, body } = loop;
  if (!isUsing(left)) return;
  const item = output.uid('item');
  left.declarations[0]!.init = t.identifier(item.name);
  loop.left = t.variableDeclaration('const', [t.variableDeclarator(item)]);
  loop.body = t.blockStatement([
    left,
    body.type === 'BlockStatement' ? body : t.blockStatement([body]),
  ]);
}

/** Returns a block for a loop `for (using x = …; …; …)`, with the declaration before the loop and its labels. */
export function blockOfUsingLoop(
  loop: BabelTypes.ForStatement,
  outermost: BabelTypes.Statement,
  { t }: Output,
): BabelTypes.BlockStatement {
  const declaration = loop.init as BabelTypes.VariableDeclaration;
  loop.init = null;
  return t.blockStatement([declaration, outermost]);
}

/** Returns the value of a declaration. A function without a name gets that of the variable, as it would have. */
function named({ id, init }: BabelTypes.VariableDeclarator, { t }: Output): BabelTypes.Expression {
  if (!isAnonymous(init!)) return init!;
  const { name } = id as BabelTypes.Identifier;
  const object = t.objectExpression([t.objectProperty(t.identifier(name), init!)]);
  return t.memberExpression(object, t.identifier(name));
}

function isAnonymous(node: BabelTypes.Expression): boolean {
  if (node.type === 'ArrowFunctionExpression') return true;
  return (node.type === 'FunctionExpression' || node.type === 'ClassExpression') && !node.id;
}
