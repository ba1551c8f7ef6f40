import type { NodePath, types as t } from '@babel/core';
import type { FileState } from '../state.js';

/**
 * Replaces a node without making Babel visit the new one.
 *
 * All rewriting happens on exit, when the children are done, so new nodes need no visit. `path.replaceWith` would
 * queue one, which takes most of the time of a build.
 */
export function replace(path: NodePath, node: t.Node, state: FileState): void {
  node.leadingComments ??= path.node.leadingComments ?? null;
  node.trailingComments ??= path.node.trailingComments ?? null;
  node.loc ??= path.node.loc ?? null;
  const container = path.container as unknown as Record<string | number, t.Node>;
  container[path.key!] = node;
  state.rewritten.set(path, node);
}
