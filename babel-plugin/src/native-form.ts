import type { NodePath, types as t } from '@babel/core';
import { calleeOf, propertyName } from './bindings.js';
import { formReaders, readsParameters, serverDirectives } from './catalogue/text.js';

/**
 * Returns true when a function must stay async in the output, because a compiler that runs after us reads its form.
 *
 *   'use server'; export async function save() { ... }      dynamic(async () => import('./chart.js'))
 */
export function mustStayNative(path: NodePath<t.Function>): boolean {
  return isForServer(path) || isFormRead(path);
}

/**
 * Returns true for a function whose text a test runner reads, for the names of fixtures.
 *
 *   test('adds', async ({ page }) => { ... })
 */
export function isTextRead(path: NodePath<t.Function>): boolean {
  // Hooks around tests have the fixtures behind what they run.
  const isPattern = path.node.params.slice(0, 2).some(({ type }) => type === 'ObjectPattern');
  if (!isPattern) return false;
  let at = path.parentPath!;
  while (at.isObjectProperty() || at.isObjectExpression() || at.isArrayExpression()) {
    at = at.parentPath!;
  }
  return at.isCallExpression() && (isRunner(at.node.callee) || isNamed(at.node));
}

/** `anything('adds', async ({ page }) => ...)`: a test object has the name that the file gives it. */
function isNamed({ arguments: [first] }: t.CallExpression): boolean {
  return first?.type === 'StringLiteral' || first?.type === 'TemplateLiteral';
}

/** React and Next.js transform functions with such a directive, or in a file that has one. */
function isForServer(path: NodePath<t.Function>): boolean {
  const { body } = path.node;
  if (body.type === 'BlockStatement' && hasDirective(body.directives)) return true;
  const program = path.findParent((at) => at.isProgram())!.node as t.Program;
  return hasDirective(program.directives) && path.getFunctionParent() === null;
}

function hasDirective(directives: readonly t.Directive[] = []): boolean {
  return directives.some(({ value }) => serverDirectives.test(value.value));
}

/** `dynamic(async () => ...)`: a compiler that runs after us looks for the function in the arguments. */
function isFormRead({ parentPath, listKey }: NodePath<t.Function>): boolean {
  if (!parentPath?.isCallExpression() || listKey !== 'arguments') return false;
  const callee = calleeOf(parentPath.node.callee, parentPath.scope);
  return callee?.from === 'module' && formReaders.has(callee.module);
}

function isRunner(callee: t.Node): boolean {
  switch (callee.type) {
    case 'Identifier':
      return readsParameters.has(callee.name);
    case 'MemberExpression':
      return isRunner(callee.object) || isExtend(callee);
    case 'CallExpression':
      return isRunner(callee.callee);
    default:
      return false;
  }
}

/** `extend` adds fixtures to a test object of any name. */
function isExtend(callee: t.MemberExpression): boolean {
  return propertyName(callee) === 'extend' && callee.object.type === 'Identifier';
}
