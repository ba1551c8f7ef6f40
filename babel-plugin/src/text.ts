import type { NodePath, types as t, Visitor } from '@babel/core';

type Binding = NonNullable<ReturnType<NodePath['scope']['getBinding']>>;
import { calleeOf, propertyName } from './bindings.js';
import {
  evaluatorModules,
  evaluators,
  takesText,
  textDirectives,
  textReceivers,
} from './catalogue/text.js';
import { keyName, typeWrappers } from './names.js';

const names = [...Object.keys(takesText), ...textDirectives, ...evaluators, ...evaluatorModules];

/** A file without one of these, and without code that is put together, sends no function away as text. */
const mayTakeText = new RegExp(
  `\\b(?:${names.filter((name) => !name.startsWith('$')).join('|')})\\b|\\$eval|\\(\\$\\{[^}]+\\}\\s*\\)\\s*\\(|\\(["']\\s*\\+`,
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
    const { quasis } = path.node;
    path.get('expressions').forEach((part, index) => {
      if (opensCode(quasis[index]!.value.raw)) takeText(part as NodePath, found);
    });
  },
  BinaryExpression(path, found) {
    const { operator, left } = path.node;
    const before = left.type === 'BinaryExpression' ? left.right : left;
    if (operator !== '+' || before.type !== 'StringLiteral' || !opensCode(before.value)) return;
    takeText(path.get('right'), found);
  },
  DirectiveLiteral(path, found) {
    if (!textDirectives.has(path.node.value)) return;
    const fn = path.findParent((at) => at.isFunction() || at.isProgram());
    if (fn?.isFunction()) found.add(fn.node);
  },
};

/** `"(" + fn + ")()"` makes code; a message that shows a function does not. */
function opensCode(text: string): boolean {
  return text.endsWith('(');
}

function visitCall(
  path: NodePath<t.CallExpression | t.OptionalCallExpression | t.NewExpression>,
  found: Set<t.Node>,
): void {
  const callee = path.get('callee') as NodePath;
  const args = path.get('arguments') as NodePath[];
  if (evaluates(callee)) for (const argument of args) takeText(argument, found);

  const { node } = callee;
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return;
  const name = propertyName(node);
  const places = name !== undefined && Object.hasOwn(takesText, name) && takesText[name];
  if (!places || !isReceiver(name, node.object)) return;
  const taken = places === 'all' ? args : places.flatMap((index) => args[index] ?? []);
  for (const argument of taken) takeText(argument, found);
}

/** `Function(fn)`, `vm.runInContext(fn, context)`, `new Blob([fn])`, TestCafe's `ClientFunction(fn)`. */
function evaluates(callee: NodePath): boolean {
  const named = calleeOf(callee);
  if (named?.from === 'module') {
    const { module, name } = named;
    return module === 'worker_threads' ? name === 'Worker' : evaluatorModules.has(module);
  }
  return named !== undefined && evaluators.has(named.name);
}

function isReceiver(name: string, object: t.Node): boolean {
  if (!Object.hasOwn(textReceivers, name)) return true;
  if (object.type === 'Identifier') return textReceivers[name]!.has(object.name);
  // `jest.mock(...).mock(...)`
  const { callee } = object as t.CallExpression;
  return callee?.type === 'MemberExpression' && isReceiver(name, callee.object);
}

/** Notes the functions whose text an expression has: itself, `String(fn)`, `fn.toString()`, `[fn]`. */
function takeText(path: NodePath, found: Set<t.Node>): void {
  const { node } = path;
  switch (node.type) {
    case 'CallExpression': {
      const callee = path.get('callee') as NodePath;
      const [first] = path.get('arguments') as NodePath[];
      if (callee.isIdentifier({ name: 'String' }) && first) take(first, found);
      else if (callee.isMemberExpression() && propertyName(callee.node) === 'toString') {
        take(callee.get('object') as NodePath, found);
      }
      return;
    }
    case 'ObjectExpression':
      for (const property of path.get('properties') as NodePath[]) {
        if (property.isObjectMethod()) found.add(property.node);
        else if (property.isObjectProperty()) take(property.get('value') as NodePath, found);
      }
      return;
    case 'ArrayExpression':
      for (const element of path.get('elements') as NodePath[]) takeText(element, found);
      return;
    case 'TemplateLiteral':
      for (const part of path.get('expressions') as NodePath[]) takeText(part, found);
      return;
    case 'BinaryExpression':
      takeText(path.get('left') as NodePath, found);
      takeText(path.get('right') as NodePath, found);
      return;
    default:
      take(path, found);
  }
}

/** Notes the function that an expression stands for. */
function take(path: NodePath, found: Set<t.Node>): void {
  const { node } = path;
  if (typeWrappers.has(node.type)) take(path.get('expression') as NodePath, found);
  else if (path.isFunction()) found.add(node);
  else if (node.type === 'Identifier') {
    const binding = path.scope.getBinding(node.name);
    if (binding) for (const value of valuesOf(binding)) found.add(value);
  } else if (node.type === 'MemberExpression') {
    const object = node.object.type === 'Identifier' && path.scope.getBinding(node.object.name);
    const init = object && object.path.isVariableDeclarator() && object.path.node.init;
    if (init && init.type === 'ObjectExpression')
      found.add(memberOf(init, propertyName(node)) ?? init);
  }
}

/** The functions that a name is ever bound to. */
function valuesOf({ path, constantViolations }: Binding): t.Node[] {
  const values = path.isVariableDeclarator() ? [path.node.init] : [path.node];
  for (const { node } of constantViolations) {
    if (node.type === 'AssignmentExpression') values.push(node.right);
  }
  return values.filter((value) => value && value.type.includes('Function')) as t.Node[];
}

/** The function of an object literal under a key. */
function memberOf({ properties }: t.ObjectExpression, key: string | undefined): t.Node | undefined {
  for (const property of properties) {
    if (property.type === 'SpreadElement' || keyName(property.key) !== key) continue;
    return property.type === 'ObjectMethod' ? property : property.value;
  }
  return undefined;
}
