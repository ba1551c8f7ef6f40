import type { types as t } from '@babel/core';
import {
  operationClassesOf,
  platformClasses,
  watchedModuleIn,
} from '../catalogue/operation-classes.js';
import type { Output } from './output.js';

/**
 * Tells the runtime, at the end of a file, of the classes whose methods begin operations: those of a library in its own files, and
 * those of the platform where they are imported.
 */
export function tellOfClasses(
  program: t.Program,
  { packageName, code, output }: { packageName: string | undefined; code: string; output: Output },
): void {
  const names = operationClassesOf(packageName);
  const { t: types } = output;
  const told = (name: string, value: t.Expression): t.Statement => {
    const called = output.call('libraryClass', types.stringLiteral(name), value);
    return types.expressionStatement(called);
  };
  const own = (body: readonly t.Statement[]): t.Statement[] =>
    body
      .flatMap((statement) => classesIn(statement, types))
      .flatMap(({ name, value }) =>
        names.includes(name) ? [told(`${packageName} ${name}`, value)] : [],
      );
  if (names.length > 0) {
    for (const { body } of program.body.flatMap((statement) => factoriesIn(statement, types))) {
      const isReturn = types.isReturnStatement(body.at(-1));
      body.splice(isReturn ? -1 : body.length, 0, ...own(body));
    }
    program.body.push(...own(program.body));
  }
  const module = watchedModuleIn(code);
  if (module !== undefined) {
    const called = output.call('usesModule', types.stringLiteral(module));
    program.body.unshift(types.expressionStatement(called));
  }
  // After the statement that imports it: the module's own code may use it at once.
  for (const statement of [...program.body]) {
    const imported = importsIn(statement, types).filter((one) => isUsed(one, program, types));
    const after = program.body.indexOf(statement) + 1;
    const statements = imported.map(({ module, name, value }) => told(`${module} ${name}`, value));
    program.body.splice(after, 0, ...statements);
  }
}

/**
 * Returns true if a file uses a class that it imports. In TypeScript, one that is only a type may not be imported at all: there, it has to
 * be seen where it cannot be a type.
 */
function isUsed({ value }: Declared, program: t.Program, types: typeof t): boolean {
  let [isTyped, isFound] = [false, types.isMemberExpression(value)];
  types.traverseFast(program, (node) => {
    isTyped ||= node.type.startsWith('TS');
    if (!types.isNewExpression(node) && !types.isClass(node)) return;
    const used = types.isClass(node) ? node.superClass : node.callee;
    if (used && types.isNodesEquivalent(used, value)) isFound = true;
  });
  return isFound || !isTyped;
}

/** Returns the bodies of functions that a file exports to make a class: `module.exports = function createDatabase() { … }`. */
function factoriesIn(statement: t.Statement, types: typeof t): t.BlockStatement[] {
  if (!types.isExpressionStatement(statement)) return [];
  const { expression } = statement;
  if (!types.isAssignmentExpression(expression)) return [];
  return types.isFunctionExpression(expression.right) ? [expression.right.body] : [];
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
  // Older libraries write classes as functions.
  if (types.isClassDeclaration(statement) || types.isFunctionDeclaration(statement)) {
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

/** A class of the platform that a statement imports. */
interface Imported extends Declared {
  readonly module: string;
}

/** Returns the classes of the platform that a statement imports, by either kind of module. */
function importsIn(statement: t.Statement, types: typeof t): Imported[] {
  if (types.isImportDeclaration(statement)) {
    const { source, specifiers, importKind } = statement;
    if (importKind === 'type' || importKind === 'typeof') return [];
    return specifiers.flatMap((one) =>
      types.isImportSpecifier(one)
        ? named(source.value, one.imported, one.local, types)
        : ofWhole(source.value, one.local, types),
    );
  }
  if (!types.isVariableDeclaration(statement)) return [];
  return statement.declarations.flatMap(({ id, init }) => {
    const module = requiredBy(init, types);
    if (module === undefined) return [];
    if (types.isIdentifier(id)) return ofWhole(module, id, types);
    if (!types.isObjectPattern(id)) return [];
    return id.properties.flatMap((one) =>
      types.isObjectProperty(one) && types.isIdentifier(one.value) && types.isIdentifier(one.key)
        ? named(module, one.key, one.value, types)
        : [],
    );
  });
}

/** Returns the module that `require('module')` loads. */
function requiredBy(init: t.Expression | null | undefined, types: typeof t): string | undefined {
  if (!types.isCallExpression(init) || !types.isIdentifier(init.callee, { name: 'require' })) {
    return undefined;
  }
  const [module] = init.arguments;
  return types.isStringLiteral(module) ? module.value : undefined;
}

function named(
  module: string,
  imported: t.Identifier | t.StringLiteral,
  local: t.Identifier,
  types: typeof t,
): Imported[] {
  const name = types.isIdentifier(imported) ? imported.name : imported.value;
  return classesOf(module).includes(name)
    ? [{ module, name, value: variable(local, types).value }]
    : [];
}

function ofWhole(module: string, local: t.Identifier, types: typeof t): Imported[] {
  return classesOf(module).map((name) => ({
    ...{ module, name },
    value: types.memberExpression(types.identifier(local.name), types.identifier(name)),
  }));
}

function classesOf(module: string): readonly string[] {
  return Object.hasOwn(platformClasses, module) ? platformClasses[module]! : [];
}

function variable({ name }: t.Identifier, types: typeof t): Declared {
  return { name, value: types.identifier(name) };
}
