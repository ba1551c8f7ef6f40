import type { NodePath, types as t } from '@babel/core';
import { globalObjects } from './catalogue.js';
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
 */
export function calleeOf(given: NodePath): Callee | undefined {
  const path = withoutWrappers(given);
  const { node } = path;
  if (node.type === 'CallExpression') return requiredModule(path);
  if (node.type === 'Identifier') return identifier(path, node.name);
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression')
    return undefined;

  const property = propertyName(node);
  const object = withoutWrappers(path.get('object') as NodePath);
  if (property === undefined || object.node.type !== 'Identifier') {
    return property === undefined ? undefined : throughGlobalObject(object, property);
  }
  const owner = identifier(object, object.node.name);
  if (owner?.from === 'module') return memberOfModule(owner, property);
  if (owner?.from !== 'global') return undefined;
  if (globalObjects.has(owner.name)) return { from: 'global', name: property };
  return { from: 'global', name: `${owner.name}.${property}` };
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

/** `globalThis.process.nextTick`, `require("timers").setTimeout`. */
function throughGlobalObject(object: NodePath, property: string): Callee | undefined {
  const owner = calleeOf(object);
  if (owner?.from === 'module') return memberOfModule(owner, property);
  if (owner?.from !== 'global' || owner.name.includes('.')) return undefined;
  return { from: 'global', name: `${owner.name}.${property}` };
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
  if (node.type !== 'VariableDeclarator' || !node.init) return undefined;
  const value = calleeOf(declarator.get('init') as NodePath);
  if (value === undefined || node.id.type === 'Identifier') return value;
  if (node.id.type !== 'ObjectPattern') return undefined;

  for (const property of node.id.properties) {
    if (property.type !== 'ObjectProperty' || property.computed) continue;
    const key = keyName(property.key);
    if (property.value.type !== 'Identifier' || property.value.name !== name || key === '')
      continue;
    if (value.from === 'module') return memberOfModule(value, key);
    if (globalObjects.has(value.name)) return { from: 'global', name: key };
    return value.name.includes('.') ? undefined : { from: 'global', name: `${value.name}.${key}` };
  }
  return undefined;
}

/** `require("timers")`: the module as a whole. */
function requiredModule(path: NodePath): Callee | undefined {
  const { callee, arguments: args } = path.node as t.CallExpression;
  const source = args[0];
  if (callee.type !== 'Identifier' || callee.name !== 'require') return undefined;
  if (source?.type !== 'StringLiteral' || path.scope.hasBinding('require', true)) return undefined;
  return { from: 'module', module: plainModule(source.value), name: '*' };
}

function memberOfModule(
  owner: { module: string; name: string },
  property: string,
): Callee | undefined {
  if (owner.name !== '*' && owner.name !== 'default') return undefined;
  // `import * as timers` and then `timers.default.setTimeout` is one step too far to follow.
  return { from: 'module', module: owner.module, name: property };
}

function plainModule(source: string): string {
  return source.startsWith('node:') ? source.slice('node:'.length) : source;
}
