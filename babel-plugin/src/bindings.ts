import type { NodePath, types as t } from '@babel/core';
import { globalObjects } from './catalogue/language.js';
import { keyName, typeWrappers } from './names.js';

/** What a callee names, seen through scopes and imports. */
export type Callee =
  | { readonly from: 'global'; readonly name: string }
  | { readonly from: 'module'; readonly module: string; readonly name: string };

/**
 * Tells what a callee names, or undefined when it is a local value.
 *
 *   setTimeout, window.setTimeout        global setTimeout
 *   process.nextTick                     global process.nextTick
 *   import { setTimeout } from 'timers'  module timers, setTimeout
 *   const timers = require('timers'); timers.setTimeout
 *   const limit = pLimit(2); limit       module p-limit, default()
 *   window.requestIdleCallback ?? later  global requestIdleCallback
 */
export function calleeOf(given: NodePath): Callee | undefined {
  const path = withoutWrappers(given);
  const { node } = path;
  switch (node.type) {
    case 'Identifier':
      return identifier(path, node.name);
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return member(path, node);
    case 'CallExpression':
      return requiredModule(path) ?? resultOf(path);
    case 'LogicalExpression':
      return calleeOf(path.get('left') as NodePath) ?? calleeOf(path.get('right') as NodePath);
    case 'ConditionalExpression':
      return (
        calleeOf(path.get('consequent') as NodePath) ?? calleeOf(path.get('alternate') as NodePath)
      );
    default:
      return undefined;
  }
}

function member(
  path: NodePath,
  node: t.MemberExpression | t.OptionalMemberExpression,
): Callee | undefined {
  const property = propertyName(node);
  if (property === undefined) return undefined;
  const owner = calleeOf(path.get('object') as NodePath);
  return owner && memberOf(owner, property);
}

function memberOf(owner: Callee, property: string): Callee {
  const { name } = owner;
  const isWhole =
    owner.from === 'module' ? name === '*' || name === 'default' : globalObjects.has(name);
  return { ...owner, name: isWhole ? property : `${name}.${property}` };
}

/** What an exported function gives: `default()`. A call of a call's result is one step too far. */
function resultOf(path: NodePath): Callee | undefined {
  const callee = calleeOf(path.get('callee') as NodePath);
  if (callee?.from !== 'module' || callee.name.includes('()')) return undefined;
  return { ...callee, name: `${callee.name === '*' ? 'default' : callee.name}()` };
}

/** `obj.name` and `obj["name"]`; undefined when the name is computed. */
export function propertyName(
  node: t.MemberExpression | t.OptionalMemberExpression,
): string | undefined {
  const { property } = node;
  if (property.type === 'Identifier') return node.computed ? undefined : property.name;
  return property.type === 'StringLiteral' ? property.value : undefined;
}

/** Types vanish, and `(0, f)` is `f`. */
function withoutWrappers(path: NodePath): NodePath {
  let at = path;
  for (;;) {
    const { node } = at;
    if (node.type === 'SequenceExpression') {
      const last: number = node.expressions.length - 1;
      at = at.get(`expressions.${last}`) as NodePath;
    } else if (typeWrappers.has(node.type)) at = at.get('expression') as NodePath;
    else return at;
  }
}

function identifier(path: NodePath, name: string): Callee | undefined {
  const binding = path.scope.getBinding(name);
  if (binding === undefined) return { from: 'global', name };
  if (binding.kind === 'module') return imported(binding.path);
  // What is assigned again may be anything by now.
  return binding.constant ? aliased(binding.path, name) : undefined;
}

/** A module as a whole is named `*`. */
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

/** `const later = setTimeout`, `const { nextTick } = process`, `const { readFile: read } = require("fs")`. */
function aliased(declarator: NodePath, name: string): Callee | undefined {
  const { node } = declarator;
  if (node.type !== 'VariableDeclarator' || !node.init || resolving.has(node)) return undefined;
  resolving.add(node);
  const value = calleeOf(declarator.get('init') as NodePath);
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

/** Aliases that are being followed: `var self = self || {}` names itself. */
const resolving = new Set<t.Node>();

/** `require("timers")`: the module as a whole. */
function requiredModule(path: NodePath): Callee | undefined {
  const { callee, arguments: args } = path.node as t.CallExpression;
  const [source] = args;
  if (callee.type !== 'Identifier') return undefined;
  // What a compiler of modules left: `_interopRequireWildcard(require("timers"))`.
  if (interop.has(callee.name) && source?.type === 'CallExpression') {
    return requiredModule(path.get('arguments.0') as NodePath);
  }
  if (callee.name !== 'require' || source?.type !== 'StringLiteral') return undefined;
  if (path.scope.hasBinding('require', true)) return undefined;
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
