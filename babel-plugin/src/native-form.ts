import type { NodePath, types as t } from '@babel/core';
import { calleeOf, propertyName } from './bindings.js';
import { formReaders, readsParameters, serverDirectives } from './catalogue/text.js';

/**
 * Whether an async function has to stay one where it stands, since somebody else reads its head: a
 * test runner that takes the names of fixtures out of it, or a compiler that comes after us.
 *
 *   test('adds', async ({ page }) => { ... })      'use server'; export async function save() { ... }
 *   dynamic(async () => import('./chart.js'))
 */
export function keepsForm(path: NodePath<t.Function>): boolean {
  return isHeadRead(path) || isForServer(path) || isFormRead(path);
}

function isHeadRead(path: NodePath<t.Function>): boolean {
  if (path.node.params[0]?.type !== 'ObjectPattern') return false;
  let at = path.parentPath!;
  while (at.isObjectProperty() || at.isObjectExpression() || at.isArrayExpression()) {
    at = at.parentPath!;
  }
  return at.isCallExpression() && isRunner(at.node.callee);
}

/** React and Next take functions of such a file, or with such a directive, apart. */
function isForServer(path: NodePath<t.Function>): boolean {
  const { body } = path.node;
  if (body.type === 'BlockStatement' && hasDirective(body.directives)) return true;
  const program = path.findParent((at) => at.isProgram())!.node as t.Program;
  return hasDirective(program.directives) && path.getFunctionParent() === null;
}

function hasDirective(directives: readonly t.Directive[] = []): boolean {
  return directives.some(({ value }) => serverDirectives.test(value.value));
}

/** `dynamic(async () => ...)`: a compiler that comes after us looks for the function there. */
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

/** A test object of any name grows fixtures by `extend`. */
function isExtend(callee: t.MemberExpression): boolean {
  return propertyName(callee) === 'extend' && callee.object.type === 'Identifier';
}
