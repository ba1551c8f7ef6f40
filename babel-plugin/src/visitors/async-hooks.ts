import type { NodePath, types as t, Visitor } from '@babel/core';
import { mergedRequire, splitDeclaration } from '../rewrite/async-hooks.js';
import type { FileState } from '../state.js';

/** What the runtime has of `node:async_hooks`. The rest stays Node's: `createHook`, `executionAsyncId`. */
const OURS = new Set(['AsyncLocalStorage', 'AsyncResource']);

/** Replaces imports of `node:async_hooks` with the runtime's `AsyncLocalStorage`. */
export const asyncHooks: Visitor<FileState> = {
  ImportDeclaration: (path, state) => replaceNames(path, state),
  ExportNamedDeclaration: (path, state) => replaceNames(path, state),
  ExportAllDeclaration({ node }, state) {
    rename(node.source, state);
  },
  CallExpression: {
    exit(path, state) {
      const { callee, arguments: given } = path.node;
      const isRequire = callee.type === 'Identifier' && callee.name === 'require';
      if (!isRequire && callee.type !== 'Import') return;
      if (isRequire && path.scope.hasBinding('require', true)) return;
      if (!isHooks(given[0])) return;
      if (!isRequire || usesOnlyOurs(path)) rename(given[0], state);
      else state.changes.replace(path, mergedRequire(path.node, moduleOf(state), state.output));
    },
  },
};

type Declaration = t.ImportDeclaration | t.ExportNamedDeclaration;

function replaceNames(path: NodePath<Declaration>, state: FileState): void {
  const { node } = path;
  if (!isHooks(node.source)) return;
  const named = node.specifiers.filter(isNamed);
  if (named.length < node.specifiers.length) {
    // The whole module: ours if nothing else of it is used, and else Node's.
    if (usesOnlyOurs(path)) rename(node.source, state);
    return;
  }
  const rest = named.filter((one) => !OURS.has(nameOf(one)));
  if (rest.length === 0) {
    rename(node.source, state);
  } else if (rest.length < named.length) {
    state.changes.areImportsReplaced = true;
    const [ours] = path.insertAfter(
      splitDeclaration(node, rest, moduleOf(state), state.output),
    ) as NodePath[];
    ours?.skip();
  }
}

type Named = t.ImportSpecifier | t.ExportSpecifier;

function isNamed(specifier: t.Node): specifier is Named {
  return specifier.type === 'ImportSpecifier' || specifier.type === 'ExportSpecifier';
}

function nameOf(specifier: Named): string {
  if (specifier.type === 'ExportSpecifier') return specifier.local.name;
  const { imported } = specifier;
  return imported.type === 'Identifier' ? imported.name : imported.value;
}

/** Returns true if the code shows that it uses nothing but our names of the whole module. */
function usesOnlyOurs(path: NodePath<t.Node>): boolean {
  const { node, parent, scope } = path;
  if (node.type === 'ImportDeclaration') {
    return node.specifiers.every(({ local }) => areMembersOurs(local.name, scope));
  }
  if (node.type === 'ExportNamedDeclaration') return true;
  if (parent.type === 'MemberExpression' && parent.object === node) return isMemberOurs(parent);
  if (parent.type !== 'VariableDeclarator') return false;
  const { id } = parent;
  if (id.type === 'Identifier') return areMembersOurs(id.name, scope);
  return (
    id.type === 'ObjectPattern' &&
    id.properties.every(
      (one) =>
        one.type === 'ObjectProperty' && one.key.type === 'Identifier' && OURS.has(one.key.name),
    )
  );
}

function areMembersOurs(name: string, scope: NodePath['scope']): boolean {
  const references = scope.getBinding(name)?.referencePaths ?? [];
  return references.every(({ parent, node }) => {
    return parent.type === 'MemberExpression' && parent.object === node && isMemberOurs(parent);
  });
}

function isMemberOurs({ property, computed }: t.MemberExpression): boolean {
  return !computed && property.type === 'Identifier' && OURS.has(property.name);
}

function isHooks(source: t.Node | null | undefined): source is t.StringLiteral {
  return source?.type === 'StringLiteral' && /^(node:)?async_hooks$/.test(source.value);
}

function moduleOf({ options }: FileState): string {
  return `${options.runtime}/async-local-storage`;
}

function rename(source: t.Node | null | undefined, state: FileState): void {
  if (!isHooks(source)) return;
  source.value = moduleOf(state);
  state.changes.areImportsReplaced = true;
  delete source.extra;
}
