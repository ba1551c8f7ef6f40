import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, propertyName } from './bindings.js';
import {
  evaluatorModules,
  evaluators,
  textSenders,
  textDirectives,
  textReceivers,
  textWithList,
} from './catalogue/text.js';
import { gestures, mayHaveWorklets, workletClass, workletTakers } from './catalogue/worklets.js';
import { keyName } from './names.js';
import { typeWrappers } from './nodes.js';
import { isFunctionNode } from './nodes.js';

type Scope = NodePath['scope'];
type Binding = NonNullable<ReturnType<Scope['getBinding']>>;

/** Matches files that may send the source text of a function elsewhere, by name or by string concatenation. */
const mayTakeText = new RegExp(
  [
    `[.'"](?:${alternatives(Object.keys(textSenders))})(?![\\w$])`,
    `\\b(?:${alternatives(evaluators)})\\b`,
    `['"](?:node:)?(?:${alternatives([...evaluatorModules, ...textDirectives])})['"]`,
    String.raw`\(\$\{[^}]+\}\s*\)\s*\(|\(["']\s*\+|\breturn\s+(?:\$\{|["']\s*\+)`,
    String.raw`\.toString\(\)|\bString\(`,
    String.raw`\[\s*(?:async\b|function\b|\([^()]*\)\s*=>)`,
  ].join('|'),
);

function alternatives(names: Iterable<string>): string {
  return [...names].map((name) => name.replaceAll('$', '\\$')).join('|');
}

/**
 * Returns the functions of a file whose source text is taken and runs where the runtime's imports do not exist.
 * They are collected before anything is rewritten, because a function may precede the call that takes it.
 *
 *   page.evaluate(fn)   jest.mock(path, fn)   String(fn)   fn.toString()   `(${fn})()`   { [() => {}]: 1 }
 *   { 'worklet'; ... }
 */
export function findFunctionsSentAsText(
  program: NodePath<t.Program>,
  code: string,
): ReadonlySet<t.Node> {
  const found = new Set<t.Node>();
  if (mayTakeText.test(code)) program.traverse(takers, found);
  if (mayHaveWorklets.test(code)) program.traverse(worklets, found);
  return found;
}

const takers: Visitor<Set<t.Node>> = {
  CallExpression: ({ node, scope }, found) => visitCall(node, scope, found),
  OptionalCallExpression: ({ node, scope }, found) => visitCall(node, scope, found),
  NewExpression: ({ node, scope }, found) => visitCall(node, scope, found),
  TemplateLiteral({ node, scope }, found) {
    const { quasis, expressions } = node;
    expressions.forEach((part, index) => {
      if (opensCode(quasis[index]!.value.raw)) takeText(part, scope, found);
    });
  },
  BinaryExpression({ node, scope }, found) {
    const { operator, left, right } = node;
    const before = left.type === 'BinaryExpression' ? left.right : left;
    if (operator !== '+' || before.type !== 'StringLiteral' || !opensCode(before.value)) return;
    takeText(right, scope, found);
  },
  'Method|Property'(path, found) {
    const { computed, key } = path.node as t.ObjectProperty;
    if (computed && isFunctionNode(key)) found.add(key);
  },
  'MemberExpression|OptionalMemberExpression'(path, found) {
    const { property } = path.node as t.MemberExpression;
    if (isFunctionNode(property)) found.add(property);
  },
  DirectiveLiteral(path, found) {
    if (!textDirectives.has(path.node.value)) return;
    const owner = path.findParent((at) => at.isFunction() || at.isProgram())!;
    if (owner.isFunction()) found.add(owner.node);
    else owner.traverse(everyFunction, found);
  },
};

/** Collects the functions of a file that has the directive itself. */
const everyFunction: Visitor<Set<t.Node>> = {
  Function(path, found) {
    found.add(path.node);
    path.skip();
  },
};

/** Collects what the compiler of worklets moves to another thread without a directive. */
const worklets: Visitor<Set<t.Node>> = {
  ClassBody(path, found) {
    const isWorklet = path.node.body.some(
      (member) => member.type === 'ClassProperty' && keyName(member.key) === workletClass,
    );
    if (isWorklet) path.traverse(everyFunction, found);
  },
  CallExpression({ node: { callee, arguments: args }, scope }, found) {
    const isMethod = callee.type === 'MemberExpression';
    const name = isMethod ? propertyName(callee) : (callee as Partial<t.Identifier>).name;
    if (name === undefined) return;
    const isGesture = isMethod && gestures.methods.has(name) && isOfGesture(callee.object);
    const places = isGesture ? [0] : Object.hasOwn(workletTakers, name) && workletTakers[name];
    for (const index of places || []) if (args[index]) takeText(args[index], scope, found);
  },
};

/** `Gesture.Pan().minDistance(10)` */
function isOfGesture(node: t.Node): boolean {
  if (node.type === 'CallExpression') return isOfGesture(node.callee);
  if (node.type === 'MemberExpression') return isOfGesture(node.object);
  return node.type === 'Identifier' && node.name === gestures.maker;
}

/** Returns true for text after which a function becomes code, as in `"(" + fn + ")()"` and `"return " + fn`. */
function opensCode(text: string): boolean {
  return /\(\s*$|\breturn\s+$/.test(text);
}

function visitCall(
  { callee, arguments: args }: t.CallExpression | t.OptionalCallExpression | t.NewExpression,
  scope: Scope,
  found: Set<t.Node>,
): void {
  if (evaluates(callee, scope)) for (const argument of args) takeText(argument, scope, found);
  if (
    callee.type === 'Identifier' &&
    callee.name === 'String' &&
    !scope.hasBinding('String', true)
  ) {
    if (args[0]) take(args[0], scope, found);
    return;
  }
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return;
  const name = propertyName(callee);
  if (name === 'toString' && args.length === 0) take(callee.object, scope, found);
  const places = name !== undefined && Object.hasOwn(textSenders, name) && textSenders[name];
  if (!places || !isReceiver(name, callee.object)) return;
  if (textWithList.has(name) && args[1]?.type !== 'ArrayExpression') return;
  const taken = places === 'all' ? args : places.flatMap((index) => args[index] ?? []);
  for (const argument of taken) takeText(argument, scope, found);
}

/** `Function(fn)`, `vm.runInContext(fn, context)`, `new Blob([fn])`, TestCafe's `ClientFunction(fn)`. */
function evaluates(callee: t.Node, scope: Scope): boolean {
  const named = calleeOf(callee, scope);
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

/** Collects the functions whose source text an expression contains: itself, `String(fn)`, `fn.toString()`, `[fn]`. */
function takeText(node: t.Node, scope: Scope, found: Set<t.Node>): void {
  switch (node.type) {
    case 'CallExpression': {
      const { callee } = node;
      const [first] = node.arguments;
      if (callee.type === 'Identifier' && callee.name === 'String' && first) {
        take(first, scope, found);
      } else if (callee.type === 'MemberExpression' && propertyName(callee) === 'toString') {
        take(callee.object, scope, found);
      }
      return;
    }
    case 'ObjectExpression':
      for (const property of node.properties) {
        if (property.type === 'ObjectMethod') found.add(property);
        else if (property.type === 'ObjectProperty') take(property.value, scope, found);
      }
      return;
    case 'ArrayExpression':
      for (const element of node.elements) if (element) takeText(element, scope, found);
      return;
    case 'TemplateLiteral':
      for (const part of node.expressions) takeText(part, scope, found);
      return;
    case 'BinaryExpression':
      takeText(node.left, scope, found);
      takeText(node.right, scope, found);
      return;
    default:
      take(node, scope, found);
  }
}

/** Collects the function that an expression evaluates to. */
function take(node: t.Node, scope: Scope, found: Set<t.Node>): void {
  if (typeWrappers.has(node.type)) take((node as t.TSAsExpression).expression, scope, found);
  else if (isFunctionNode(node)) found.add(node);
  else if (node.type === 'Identifier') {
    const binding = scope.getBinding(node.name);
    if (binding) for (const value of valuesOf(binding)) found.add(value);
  } else if (node.type === 'MemberExpression') {
    const object = node.object.type === 'Identifier' && scope.getBinding(node.object.name);
    const init = object && object.path.isVariableDeclarator() && object.path.node.init;
    if (init && init.type === 'ObjectExpression')
      found.add(memberOf(init, propertyName(node)) ?? init);
  }
}

/** Returns the functions that a variable is ever bound to. */
function valuesOf({ path, constantViolations }: Binding): t.Node[] {
  const values = path.isVariableDeclarator() ? [path.node.init] : [path.node];
  for (const { node } of constantViolations) {
    if (node.type === 'AssignmentExpression') values.push(node.right);
  }
  return values.filter((value) => value && value.type.includes('Function')) as t.Node[];
}

/** Returns the member of an object literal with the given key. */
function memberOf({ properties }: t.ObjectExpression, key: string | undefined): t.Node | undefined {
  for (const property of properties) {
    if (property.type === 'SpreadElement' || keyName(property.key) !== key) continue;
    return property.type === 'ObjectMethod' ? property : property.value;
  }
  return undefined;
}
