import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, propertyName } from './bindings.js';
import {
  evaluators,
  readsParameters,
  takesText,
  textDirectives,
  textReceivers,
} from './catalogue/text.js';
import { typeWrappers } from './names.js';

const names = [...Object.keys(takesText), ...textDirectives, ...evaluators];

/** A file without one of these sends no function away as text. */
const mayTakeText = new RegExp(
  `\\b(?:${names.filter((name) => !name.startsWith('$')).join('|')})\\b|\\$eval|toString|String\\(|\\$\\{|["'\`]\\s*\\+`,
);

/**
 * The functions of a file whose text is taken, to run where no import of ours exists. They are found
 * before anything is rewritten, since a function may stand before the call that takes it.
 *
 *   page.evaluate(fn)   jest.mock(path, fn)   String(fn)   `(${fn})()`   { 'worklet'; ... }
 */
export function findTextTaken(program: NodePath<t.Program>, code: string): ReadonlySet<t.Node> {
  const found = new Set<t.Node>();
  if (mayTakeText.test(code)) program.traverse(takers, found);
  return found;
}

const takers: Visitor<Set<t.Node>> = {
  CallExpression: (path, found) => visitCall(path, found),
  OptionalCallExpression: (path, found) => visitCall(path, found),
  NewExpression: (path, found) => visitCall(path, found),
  TemplateLiteral(path, found) {
    if (path.parent.type === 'TaggedTemplateExpression') return;
    for (const part of path.get('expressions')) take(part as NodePath, found);
  },
  BinaryExpression(path, found) {
    if (path.node.operator !== '+') return;
    const [left, right] = [path.get('left') as NodePath, path.get('right')];
    // `'(' + fn + ')()'`: a function that is added to anything becomes its text.
    take(left, found);
    take(right, found);
  },
  DirectiveLiteral(path, found) {
    if (!textDirectives.has(path.node.value)) return;
    const fn = path.findParent((at) => at.isFunction() || at.isProgram());
    if (fn?.isFunction()) found.add(fn.node);
  },
};

function visitCall(
  path: NodePath<t.CallExpression | t.OptionalCallExpression | t.NewExpression>,
  found: Set<t.Node>,
): void {
  const callee = path.get('callee') as NodePath;
  const args = path.get('arguments') as NodePath[];
  const { node } = callee;
  if (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression') {
    const name = propertyName(node);
    if (name === 'toString' && args.length === 0) take(callee.get('object') as NodePath, found);
    const places = name !== undefined && Object.hasOwn(takesText, name) && takesText[name];
    if (places && isReceiver(name, node.object)) {
      const taken = places === 'all' ? args : places.flatMap((index) => args[index] ?? []);
      for (const argument of taken) take(argument, found);
    }
  } else if (node.type === 'Identifier' && evaluates(callee)) {
    for (const argument of args) take(argument, found);
  }
}

/** `String(fn)`, `Function(fn)`, `new Function(fn)`, TestCafe's `ClientFunction(fn)`. */
function evaluates(callee: NodePath): boolean {
  const named = calleeOf(callee);
  if (named?.from === 'module') return named.module === 'testcafe' && evaluators.has(named.name);
  return named?.name === 'String' || evaluators.has(named?.name ?? '');
}

function isReceiver(name: string, object: t.Node): boolean {
  if (!Object.hasOwn(textReceivers, name)) return true;
  return object.type === 'Identifier' && textReceivers[name]!.has(object.name);
}

/** Notes the function that an expression stands for. */
function take(path: NodePath, found: Set<t.Node>): void {
  const { node } = path;
  if (typeWrappers.has(node.type)) take(path.get('expression') as NodePath, found);
  else if (path.isFunction()) found.add(node);
  else if (node.type === 'Identifier') {
    const binding = path.scope.getBinding(node.name);
    const declared = binding?.path;
    if (declared?.isFunctionDeclaration()) found.add(declared.node);
    else if (declared?.isVariableDeclarator() && declared.node.init) {
      const init = declared.get('init') as NodePath;
      if (init.isFunction()) found.add(init.node);
    }
  }
}

/**
 * Whether a function is handed to a test runner that reads the names of fixtures out of its first
 * parameter: `test('adds', async ({ page }) => { ... })`, `test.extend({ page: async ({ browser }, use) => ... })`.
 */
export function isHeadRead(path: NodePath<t.Function>): boolean {
  if (path.node.params[0]?.type !== 'ObjectPattern') return false;
  let at = path.parentPath!;
  while (at.isObjectProperty() || at.isObjectExpression() || at.isArrayExpression()) {
    at = at.parentPath!;
  }
  return at.isCallExpression() && isRunner(at.node.callee);
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
