import type { NodePath, types as t } from '@babel/core';
import { globalObjects } from './catalogue.js';

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
export function calleeOf(path: NodePath): Callee | undefined {
  const { node } = path;
  if (node.type === 'Identifier') return identifier(path, node.name);
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression')
    return undefined;

  const property = propertyName(node);
  const object = path.get('object') as NodePath;
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

/** `globalThis.process.nextTick`. */
function throughGlobalObject(object: NodePath, property: string): Callee | undefined {
  const owner = calleeOf(object);
  if (owner?.from !== 'global' || owner.name.includes('.')) return undefined;
  return { from: 'global', name: `${owner.name}.${property}` };
}

function identifier(path: NodePath, name: string): Callee | undefined {
  const binding = path.scope.getBinding(name);
  if (binding === undefined) return { from: 'global', name };
  if (binding.kind === 'module') return imported(binding.path);
  return required(binding.path, name);
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

/** `const fs = require("fs")` and `const { readFile: read } = require("fs")`. */
function required(declarator: NodePath, name: string): Callee | undefined {
  const { node } = declarator;
  if (node.type !== 'VariableDeclarator' || node.init?.type !== 'CallExpression') return undefined;
  const { callee, arguments: args } = node.init;
  const source = args[0];
  if (callee.type !== 'Identifier' || callee.name !== 'require') return undefined;
  if (source?.type !== 'StringLiteral' || declarator.scope.hasBinding('require', true)) {
    return undefined;
  }
  const module = plainModule(source.value);
  if (node.id.type === 'Identifier') return { from: 'module', module, name: '*' };
  if (node.id.type !== 'ObjectPattern') return undefined;
  for (const property of node.id.properties) {
    if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier') continue;
    if (property.computed || property.value.type !== 'Identifier') continue;
    if (property.value.name === name) return { from: 'module', module, name: property.key.name };
  }
  return undefined;
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
