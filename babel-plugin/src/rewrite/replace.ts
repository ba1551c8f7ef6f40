import type { NodePath, types as t } from '@babel/core';
import type { FileState } from '../state.js';

/**
 * Puts a node where another one was, without asking Babel to visit it.
 *
 * Everything is rewritten on the way out of a node, when its children are done, so nothing that we
 * write needs a visit; `path.replaceWith` would queue one, and costs most of a build.
 */
export function replace(path: NodePath, node: t.Node, state: FileState): void {
  node.leadingComments ??= path.node.leadingComments ?? null;
  node.trailingComments ??= path.node.trailingComments ?? null;
  node.loc ??= path.node.loc ?? null;
  const container = path.container as unknown as Record<string | number, t.Node>;
  container[path.key!] = node;
  state.rewritten.set(path, node);
}
