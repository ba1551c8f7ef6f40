import { extname } from 'node:path';
import { parseSync } from '@babel/core';
import type { types as t } from '@babel/core';
import { configUnreadable } from '../errors.js';
import { COMPUTED } from './plan.js';

/**
 * Parses JSON as a JavaScript expression, so that it can be edited at the positions of its nodes. Throws
 * `TL_CONFIG_UNREADABLE` when it is not a JSON object.
 */
export function parseJson(text: string, file: string): t.ObjectExpression {
  try {
    JSON.parse(text);
  } catch (error) {
    throw configUnreadable(file, error);
  }
  const { program } = parse(`(${text})`, 'config.js');
  const [statement] = program.body;
  const { expression } = statement as t.ExpressionStatement;
  if (expression.type === 'ObjectExpression') return shiftPositions(expression, -1);
  throw configUnreadable(file, 'it is not an object');
}

/** Shifts the positions of a tree, to account for the added parenthesis. */
function shiftPositions<T extends t.Node>(node: T, by: number): T {
  traverse(node, (each) => {
    each.start! += by;
    each.end! += by;
  });
  return node;
}

function traverse(node: t.Node, visit: (node: t.Node) => void): void {
  visit(node);
  for (const child of Object.values(node).flat() as unknown[]) {
    const { type, start } = Object(child) as { type?: unknown; start?: unknown };
    if (typeof type === 'string' && typeof start === 'number') traverse(child as t.Node, visit);
  }
}

/** Returns the object literal under a name, if there is one. */
export function objectAt(object: t.ObjectExpression, name: string): t.ObjectExpression | undefined {
  for (const property of object.properties) {
    if (property.type !== 'ObjectProperty' || keyOf(property) !== name) continue;
    if (property.value.type === 'ObjectExpression') return property.value;
  }
  return undefined;
}

/** Parses a program. Throws `TL_CONFIG_UNREADABLE` when it has a syntax error. */
export function parse(text: string, file: string): t.File {
  const typed = /\.[cm]?ts$/.test(extname(file));
  try {
    const tree = parseSync(text, {
      configFile: false,
      babelrc: false,
      filename: file,
      sourceType: 'unambiguous',
      parserOpts: { plugins: typed ? ['typescript'] : [], allowReturnOutsideFunction: true },
    });
    return tree as t.File;
  } catch (error) {
    throw configUnreadable(file, error);
  }
}

/** What a program exports as its only value. */
export interface Exported {
  readonly value: t.Node;
  readonly isModule: boolean;
}

/** Finds the value of `module.exports = …` or `export default …`. */
export function exportOf({ body }: t.Program): Exported | undefined {
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration') {
      return { value: statement.declaration, isModule: true };
    }
    const value = assignedExports(statement);
    if (value) return { value, isModule: false };
  }
  return undefined;
}

/** Finds the object of `module.exports = {…}` or `export default {…}`, directly or through a variable. */
export function configObject({ program }: t.File): t.ObjectExpression | undefined {
  const found = exportOf(program);
  return found && plainObject(found.value, program);
}

function assignedExports(statement: t.Statement): t.Node | undefined {
  if (statement.type !== 'ExpressionStatement') return undefined;
  const { expression } = statement;
  if (expression.type !== 'AssignmentExpression') return undefined;
  const { left, right } = expression;
  const isExports =
    left.type === 'MemberExpression' &&
    left.object.type === 'Identifier' &&
    left.object.name === 'module' &&
    left.property.type === 'Identifier' &&
    left.property.name === 'exports';
  return isExports ? right : undefined;
}

function plainObject(node: t.Node, program: t.Program): t.ObjectExpression | undefined {
  switch (node.type) {
    case 'ObjectExpression':
      return node;
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return plainObject(node.expression, program);
    case 'Identifier': {
      const value = declaredValue(node.name, program);
      return value ? plainObject(value, program) : undefined;
    }
    default:
      // A function, or a call such as `nextJest()(config)`, computes the configuration.
      return undefined;
  }
}

function declaredValue(name: string, program: t.Program): t.Expression | undefined {
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations) {
      if (id.type === 'Identifier' && id.name === name && init) return init;
    }
  }
  return undefined;
}

/** Returns the name of a property that is an identifier or a string. */
export function keyOf({ key, computed }: t.ObjectProperty): string | undefined {
  if (computed) return undefined;
  if (key.type === 'Identifier') return key.name;
  return key.type === 'StringLiteral' ? key.value : undefined;
}

/** Returns the value of a literal, or `COMPUTED`. */
export function valueOf(node: t.Node): unknown {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node.value;
    case 'TemplateLiteral':
      return node.quasis.length === 1 ? node.quasis[0]!.value.cooked : COMPUTED;
    case 'ArrayExpression': {
      const values = node.elements.map((element) => (element ? valueOf(element) : COMPUTED));
      return values.includes(COMPUTED) ? COMPUTED : values;
    }
    case 'ObjectExpression': {
      const entries = node.properties.map((property) =>
        property.type === 'ObjectProperty' && !property.computed
          ? ([keyOf(property), valueOf(property.value)] as const)
          : ([undefined, COMPUTED] as const),
      );
      return entries.some(([key, value]) => key === undefined || value === COMPUTED)
        ? COMPUTED
        : Object.fromEntries(entries);
    }
    default:
      return COMPUTED;
  }
}
