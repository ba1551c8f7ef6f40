import type { NodePath, types as t } from '@babel/core';
import { isFunctionValue, noteFunctionValue } from '../nodes.js';
import type { Output } from './output.js';

/** What a rewrite that replaces nodes needs: it builds them with `output` and puts them in with `changes`. */
export interface Writer {
  readonly output: Output;
  readonly changes: Changes;
}

/** What was rewritten in a file, so that Babel's scopes can be updated (scopes.ts). */
export class Changes {
  /** Paths whose code changed, with the node that is there now. */
  readonly rewritten = new Map<NodePath, t.Node>();
  /** Every function that was visited. */
  readonly functions = new WeakSet<NodePath>();
  /** Functions and blocks of the program that got more variables. */
  readonly extended = new Set<NodePath>();

  /** Set if a module is imported from elsewhere: no code changes, and no scope. */
  areImportsReplaced = false;

  /** True if nothing was rewritten. */
  get isEmpty(): boolean {
    return this.rewritten.size === 0 && this.extended.size === 0 && !this.areImportsReplaced;
  }

  /** Notes that a part of a node changed. */
  touch(path: NodePath): void {
    if (!this.rewritten.has(path)) this.rewritten.set(path, path.node);
  }

  /**
   * Replaces a node without asking Babel to visit the new one.
   *
   * Nodes are rewritten on the way out, when their children are done, so new nodes need no visit.
   * `path.replaceWith` would queue one, which takes most of the time of a build.
   */
  replace(path: NodePath, node: t.Node): void {
    node.leadingComments ??= path.node.leadingComments ?? null;
    node.trailingComments ??= path.node.trailingComments ?? null;
    node.loc ??= path.node.loc ?? null;
    if (isFunctionValue(path.node)) noteFunctionValue(node);
    const container = path.container as unknown as Record<string | number, t.Node>;
    container[path.key!] = node;
    this.rewritten.set(path, node);
  }
}
