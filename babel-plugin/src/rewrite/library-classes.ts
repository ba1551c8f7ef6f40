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
  for (const statement of [...program.body]) {
    const name = statement.type === 'ClassDeclaration' && statement.id?.name;
    if (!name || !names.includes(name)) continue;
    const text = output.t.stringLiteral(`${packageName} ${name}`);
    const call = output.call('libraryClass', text, output.t.identifier(name));
    program.body.push(output.t.expressionStatement(call));
  }
}
