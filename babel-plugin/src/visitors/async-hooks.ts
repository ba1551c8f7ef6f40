import type { NodePath, types as t, Visitor } from '@babel/core';
import type { FileState } from '../state.js';

/** Replaces imports of `node:async_hooks` with the runtime's `AsyncLocalStorage`. */
export const asyncHooks: Visitor<FileState> = {
  'ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration'(path, state) {
    rename((path.node as t.ImportDeclaration).source, state);
  },
  CallExpression(path: NodePath<t.CallExpression>, state) {
    const { callee, arguments: given } = path.node;
    const isRequire = callee.type === 'Identifier' && callee.name === 'require';
    if (!isRequire && callee.type !== 'Import') return;
    if (!isRequire || !path.scope.hasBinding('require', true)) rename(given[0], state);
  },
};

function rename(source: t.Node | null | undefined, { options }: FileState): void {
  if (source?.type !== 'StringLiteral' || !/^(node:)?async_hooks$/.test(source.value)) return;
  source.value = `${options.runtime}/async-local-storage`;
  delete source.extra;
}
