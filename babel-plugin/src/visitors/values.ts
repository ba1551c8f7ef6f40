import type { NodePath, types as t, Visitor } from '@babel/core';
import { calleeOf, propertyName } from '../bindings.js';
import { ruleText } from '../catalogue/entries.js';
import { keyName } from '../names.js';
import { typeWrappers } from '../nodes.js';
import { rewriteCompared, rewriteValue } from '../rewrite/values.js';
import type { FileState } from '../state.js';

const spawners = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'nextTick', 'postTask'],
  ...['requestAnimationFrame', 'requestIdleCallback'],
];

/** Matches files that use such a function other than by calling it. Others skip this visitor. */
export const maySpawnByValue = new RegExp(
  `\\b(?:${spawners.join('|')})\\b(?!\\s*(?:\\(|\\?\\.\\())`,
);

/**
 * Wraps timers and schedulers that are passed as values: `schedule(queueMicrotask)`, `{ defer: setTimeout }`.
 * The receiver calls a function that spawns. Comparisons in instrumented code still see the original.
 */
export const values: Visitor<FileState> = {
  VariableDeclarator(path, { aliases }) {
    const { id, init } = path.node;
    if (id.type === 'Identifier') {
      if (init && mayName(init, aliases)) aliases.add(id.name);
    } else if (id.type === 'ObjectPattern') noteRenamed(id, aliases);
  },

  'Identifier|MemberExpression': {
    exit(path, state) {
      if (!mayName(path.node, state.aliases)) return;
      const use = useOf(path);
      if (use === undefined) return;
      const callee = calleeOf(path.node, path.scope);
      const point = callee && state.catalogue.pointOf(callee);
      if (!point || !('callbacks' in point) || !state.coversHere(point.kind)) return;
      if (use.type === 'compared') {
        const { node: other } = use.other;
        state.changes.replace(use.other, rewriteCompared(other as t.Expression, state.output));
        return;
      }
      state.sites.add(path.node, point.kind, `${callee.name} as a value`);
      const rewritten = rewriteValue(path.node as t.Expression, ruleText(point), state.output);
      state.changes.replace(path, rewritten);
    },
  },
};

/** Returns true when a value may be one of these functions, by the last part of its name or as an alias. */
function mayName(node: t.Node, aliases: ReadonlySet<string>): boolean {
  const name = tail(node);
  if (name === undefined) return false;
  return spawners.includes(name) || (node.type === 'Identifier' && aliases.has(name));
}

function noteRenamed({ properties }: t.ObjectPattern, aliases: Set<string>): void {
  for (const property of properties) {
    if (property.type !== 'ObjectProperty' || !spawners.includes(keyName(property.key))) continue;
    const { value } = property;
    const target = value.type === 'AssignmentPattern' ? value.left : value;
    if (target.type === 'Identifier') aliases.add(target.name);
  }
}

type Use = { type: 'passed' } | { type: 'compared'; other: NodePath };
const passed: Use = { type: 'passed' };

/** Returns how a value is used: passed on or compared; undefined for any other use. */
function useOf(path: NodePath): Use | undefined {
  const { parentPath, key, listKey } = path;
  const parent = parentPath!.node;
  if (typeWrappers.has(parent.type)) return useOf(parentPath!);
  switch (parent.type) {
    case 'SequenceExpression':
      return key === parent.expressions.length - 1 ? useOf(parentPath!) : undefined;
    case 'SwitchCase':
      return { type: 'compared', other: parentPath!.parentPath!.get('discriminant') as NodePath };
    case 'LogicalExpression':
    case 'ConditionalExpression':
      return key === 'test' ? undefined : useOf(parentPath!);
    case 'CallExpression':
    case 'NewExpression':
    case 'OptionalCallExpression':
      return listKey === 'arguments' && !compares(parent.callee, path.scope) ? passed : undefined;
    case 'AssignmentExpression':
      if (key === 'left') return { type: 'compared', other: parentPath!.get('right') as NodePath };
      return parent.operator.length === 1 || parent.operator.length === 3 ? passed : undefined;
    case 'BinaryExpression': {
      if (!/^[=!]=/.test(parent.operator)) return undefined;
      const other = parentPath!.get(key === 'left' ? 'right' : 'left') as NodePath;
      return { type: 'compared', other };
    }
    case 'ObjectProperty':
      return key === 'value' && parentPath!.parent.type === 'ObjectExpression' ? passed : undefined;
    case 'AssignmentPattern':
      return key === 'right' ? passed : undefined;
    case 'MemberExpression':
      return key === 'object' && ['call', 'apply', 'bind'].includes(propertyName(parent) ?? '')
        ? passed
        : undefined;
    case 'VariableDeclarator': {
      // Calls of a constant alias are resolved to the original.
      const { id } = parent;
      const isAlias = id.type !== 'Identifier' || path.scope.getBinding(id.name)?.constant;
      const isExported = parentPath!.parentPath?.parent.type === 'ExportNamedDeclaration';
      return key === 'init' && (isExported || !isAlias) ? passed : undefined;
    }
    case 'ClassProperty':
    case 'ClassPrivateProperty':
      return key === 'value' ? passed : undefined;
    case 'ArrayExpression':
    case 'ReturnStatement':
    case 'ExportDefaultDeclaration':
    case 'JSXExpressionContainer':
      return passed;
    case 'ArrowFunctionExpression':
      return key === 'body' ? passed : undefined;
    default:
      return undefined;
  }
}

/** Modules whose functions check identity: `strictEqual(globalThis.setTimeout, original)`. */
const comparingModules = new Set([
  ...['assert', 'assert/strict', 'chai', 'expect', 'vitest', '@jest/globals', 'sinon'],
]);

const comparers = new Set(['expect', 'assert', 'jest', 'vi', 'sinon', 't', 'should', 'chai']);

/**
 * Returns true for calls that check the function's identity: `expect(setTimeout).toHaveBeenCalled()`. A function of
 * such a name that the file declares is another one.
 */
function compares(callee: t.Node, scope: NodePath['scope']): boolean {
  const named = calleeOf(callee, scope);
  if (named?.from === 'module') return comparingModules.has(named.module);
  if (named?.name === 'Object.is') return true;
  if (callee.type === 'Identifier') {
    return comparers.has(callee.name) && !isOwnFunction(scope.getBinding(callee.name));
  }
  return callee.type === 'MemberExpression' && compares(callee.object, scope);
}

function isOwnFunction(binding: { readonly path: NodePath } | undefined): boolean {
  if (binding === undefined) return false;
  const { path } = binding;
  const init = path.isVariableDeclarator() ? path.node.init : path.node;
  return init !== null && init !== undefined && init.type.includes('Function');
}

function tail(node: t.Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' ? propertyName(node) : undefined;
}
