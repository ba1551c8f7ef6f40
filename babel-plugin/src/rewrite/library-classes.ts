import type { types as t } from '@babel/core';
import { operationClassesOf } from '../catalogue/operation-classes.js';
import type { Output } from './output.js';

/** Tells the runtime, at the end of a library's file, of its classes whose methods begin operations. */
export function tellOfClasses(
  program: t.Program,
  packageName: string | undefined,
  output: Output,
): void {
  const names = operationClassesOf(packageName);
  if (names.length === 0) return;
  for (const { name, value } of program.body.flatMap((one) => classesIn(one, output.t))) {
    if (!names.includes(name)) continue;
    const text = output.t.stringLiteral(`${packageName} ${name}`);
    program.body.push(output.t.expressionStatement(output.call('libraryClass', text, value)));
  }
}

/** A class at the top level of a file, and how the end of the file gets it. */
interface Declared {
  readonly name: string;
  readonly value: t.Expression;
}

/**
 * Returns the classes that a statement declares, also as exports of either kind of module and in variables. Compilers also
 * make a class in a function, for its static blocks and decorators: `let Client = (() => { … })()`.
 */
function classesIn(statement: t.Statement, types: typeof t): Declared[] {
  if (types.isExportNamedDeclaration(statement) || types.isExportDefaultDeclaration(statement)) {
    const { declaration } = statement;
    return types.isStatement(declaration) ? classesIn(declaration, types) : [];
  }
  if (types.isClassDeclaration(statement)) {
    return statement.id ? [variable(statement.id, types)] : [];
  }
  if (types.isVariableDeclaration(statement)) {
    return statement.declarations.flatMap(({ id, init }) =>
      types.isIdentifier(id) && init ? [variable(id, types)] : [],
    );
  }
  if (!types.isExpressionStatement(statement)) return [];
  const { expression } = statement;
  if (!types.isAssignmentExpression(expression)) return [];
  const { left, right } = expression;
  // module.exports = class Application { … }
  if (!types.isClassExpression(right) || !right.id || !types.isMemberExpression(left)) return [];
  return [{ name: right.id.name, value: types.cloneNode(left) }];
}

function variable({ name }: t.Identifier, types: typeof t): Declared {
  return { name, value: types.identifier(name) };
}
