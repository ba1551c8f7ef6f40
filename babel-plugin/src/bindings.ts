import type { NodePath, types as t } from '@babel/core';
import { globalObjects } from './catalogue/language.js';
import { keyName } from './names.js';
import { typeWrappers } from './nodes.js';

type Scope = NodePath['scope'];

/** A global or an export of a module that a callee refers to, resolved through scopes and imports. */
export type Callee =
  | { readonly from: 'global'; readonly name: string }
  | { readonly from: 'module'; readonly module: string; readonly name: string };

/**
 * Returns the global or export that an expression refers to, or undefined when it is a local value.
 *
 *   setTimeout, window.setTimeout        global setTimeout
 *   process.nextTick                     global process.nextTick
 *   import { setTimeout } from 'timers'  module timers, setTimeout
 *   const timers = require('timers'); timers.setTimeout
 *   const limit = pLimit(2); limit       module p-limit, default()
 *   window.requestIdleCallback ?? later  global requestIdleCallback
 */
export function calleeOf(given: t.Node, scope: Scope): Callee | undefined {
  const node = withoutWrappers(given);
  switch (node.type) {
    case 'Identifier':
      return identifier(node.name, scope);
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return member(node, scope);
    case 'CallExpression':
      return requiredModule(node, scope) ?? resultOf(node, scope);
    case 'LogicalExpression':
      return calleeOf(node.left, scope) ?? calleeOf(node.right, scope);
    case 'ConditionalExpression':
      return calleeOf(node.consequent, scope) ?? calleeOf(node.alternate, scope);
    default:
      return undefined;
  }
}

function member(
  node: t.MemberExpression | t.OptionalMemberExpression,
  scope: Scope,
): Callee | undefined {
  const property = propertyName(node);
  if (property === undefined) return undefined;
  const owner = calleeOf(node.object, scope);
  return owner && memberOf(owner, property);
}

function memberOf(owner: Callee, property: string): Callee {
  const { name } = owner;
  const isWhole =
    owner.from === 'module' ? name === '*' || name === 'default' : globalObjects.has(name);
  return { ...owner, name: isWhole ? property : `${name}.${property}` };
}

/** Resolves the result of an exported function: `default()`. Results of results are not followed. */
function resultOf(call: t.CallExpression, scope: Scope): Callee | undefined {
  const callee = calleeOf(call.callee, scope);
  if (callee?.from !== 'module' || callee.name.includes('()')) return undefined;
  return { ...callee, name: `${callee.name === '*' ? 'default' : callee.name}()` };
}

/** Returns the name in `obj.name` or `obj["name"]`; undefined when it is computed. */
export function propertyName(
  node: t.MemberExpression | t.OptionalMemberExpression,
): string | undefined {
  const { property } = node;
  if (property.type === 'Identifier') return node.computed ? undefined : property.name;
  return property.type === 'StringLiteral' ? property.value : undefined;
}

/** Strips type assertions, and takes `f` from `(0, f)`. */
function withoutWrappers(given: t.Node): t.Node {
  let node = given;
  for (;;) {
    if (node.type === 'SequenceExpression') node = node.expressions[node.expressions.length - 1]!;
    else if (typeWrappers.has(node.type)) node = (node as t.TSAsExpression).expression;
    else return node;
  }
}

function identifier(name: string, scope: Scope): Callee | undefined {
  const binding = scope.getBinding(name);
  if (binding === undefined) return { from: 'global', name };
  if (binding.kind === 'module') return imported(binding.path);
  // A variable that is reassigned may hold any value.
  return binding.constant ? aliased(binding.path, name) : undefined;
}

/** Resolves an import. The name `*` means the whole module. */
function imported(specifier: NodePath): Callee | undefined {
  const declaration = specifier.parent;
  if (declaration.type !== 'ImportDeclaration' || declaration.importKind === 'type') {
    return undefined;
  }
  const module = plainModule(declaration.source.value);
  const { node } = specifier;
  if (node.type === 'ImportSpecifier') {
    const { imported: name } = node;
    return { from: 'module', module, name: name.type === 'Identifier' ? name.name : name.value };
  }
  return { from: 'module', module, name: '*' };
}

/**
 * Resolves a constant alias: `const later = setTimeout`, `const { nextTick } = process`,
 * `const { readFile: read } = require("fs")`.
 */
function aliased(declarator: NodePath, name: string): Callee | undefined {
  const { node } = declarator;
  if (node.type !== 'VariableDeclarator' || !node.init || resolving.has(node)) return undefined;
  resolving.add(node);
  const value = calleeOf(node.init, declarator.scope);
  resolving.delete(node);
  if (value === undefined || node.id.type === 'Identifier') return value;
  if (node.id.type !== 'ObjectPattern') return undefined;

  for (const property of node.id.properties) {
    if (property.type !== 'ObjectProperty' || property.computed) continue;
    const key = keyName(property.key);
    const { value: target } = property;
    const id = target.type === 'AssignmentPattern' ? target.left : target;
    if (id.type !== 'Identifier' || id.name !== name || key === '') continue;
    return memberOf(value, key);
  }
  return undefined;
}

/** Returns the class of a receiver, where it can be read off the code: `const user = new Variable(); user`. */
export function classOf(receiver: t.Node, scope: Scope): Callee | undefined {
  if (receiver.type === 'NewExpression') return calleeOf(receiver.callee, scope);
  if (receiver.type !== 'Identifier') return undefined;
  const binding = scope.getBinding(receiver.name);
  if (!binding?.constant || !binding.path.isVariableDeclarator()) return undefined;
  const { id, init } = binding.path.node;
  const isNew = id.type === 'Identifier' && init?.type === 'NewExpression';
  return isNew ? classOf(init, binding.path.scope) : undefined;
}

/** Aliases being resolved, to stop at cycles such as `var self = self || {}`. */
const resolving = new Set<t.Node>();

/** Resolves `require("timers")` to the whole module. */
function requiredModule(call: t.CallExpression, scope: Scope): Callee | undefined {
  const { callee } = call;
  const [source] = call.arguments;
  if (callee.type !== 'Identifier') return undefined;
  // Compiled ES modules wrap it: `_interopRequireWildcard(require("timers"))`.
  if (interop.has(callee.name) && source?.type === 'CallExpression') {
    return requiredModule(source, scope);
  }
  if (callee.name !== 'require' || source?.type !== 'StringLiteral') return undefined;
  if (scope.hasBinding('require', true)) return undefined;
  return { from: 'module', module: plainModule(source.value), name: '*' };
}

const interop = new Set([
  '_interopRequireDefault',
  '_interopRequireWildcard',
  '__importDefault',
  '__importStar',
  '__toESM',
]);

function plainModule(source: string): string {
  return source.startsWith('node:') ? source.slice('node:'.length) : source;
}
