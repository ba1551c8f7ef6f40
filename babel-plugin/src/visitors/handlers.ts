import type { NodePath, types as t, Visitor } from '@babel/core';
import { propertyName } from '../bindings.js';
import { handlers as names } from '../catalogue/web.js';
import { rewriteHandler, rewriteHandlerRead } from '../rewrite/handlers.js';
import type { FileState } from '../state.js';

/** Matches files that may use such a property. Others skip this visitor. */
export const mayHaveHandlers = /\bon[a-zD]{3,}/;

/** Rewrites `target.onmessage = f`: the property stores a wrapper of `f`, and reads of it return `f`. */
export const handlers: Visitor<FileState> = {
  AssignmentExpression: {
    exit(path, state) {
      const { node } = path;
      const name = handlerName(node.left, path);
      if (name === undefined || !assigns.has(node.operator) || !state.coversHere('listener'))
        return;
      if (node.right.type === 'NullLiteral' || isSuper(node.left)) return;
      const site = state.sites.add(node, 'listener', name);
      const { eventPolicy: policy } = state.directives;
      const isUsed = path.parent.type !== 'ExpressionStatement';
      const rewritten = rewriteHandler(path, name, { site, policy, isUsed }, state.output);
      state.changes.replace(path, rewritten);
    },
  },

  OptionalMemberExpression: {
    exit(path, state) {
      const name = handlerName(path.node, path);
      if (name === undefined || !state.coversHere('listener') || !isWholeChain(path)) return;
      state.changes.replace(path, rewriteHandlerRead(path.node, state.output));
    },
  },

  MemberExpression: {
    exit(path, state) {
      const name = handlerName(path.node, path);
      if (name === undefined || !state.coversHere('listener') || !isRead(path)) return;
      state.changes.replace(path, rewriteHandlerRead(path.node, state.output));
    },
  },
};

const assigns = new Set(['=', '??=', '||=', '&&=']);

/** Returns true when the chain ends at `port?.onmessage`. */
function isWholeChain({ parent, key }: NodePath): boolean {
  if (parent.type === 'UnaryExpression') return false;
  return !(parent.type.startsWith('Optional') && (key === 'object' || key === 'callee'));
}

/** Returns the handler property that a target names. A bare name counts only when no such variable is in scope. */
function handlerName(target: t.Node, path: NodePath): string | undefined {
  if (target.type === 'MemberExpression' || target.type === 'OptionalMemberExpression') {
    const name = propertyName(target);
    return name !== undefined && names.has(name) ? name : undefined;
  }
  if (target.type !== 'Identifier' || !names.has(target.name)) return undefined;
  return path.scope.hasBinding(target.name, true) ? undefined : target.name;
}

function isSuper(target: t.Node): boolean {
  return target.type === 'MemberExpression' && target.object.type === 'Super';
}

/** Returns true when the property's value is read, and not called, assigned to or deleted. */
function isRead({ node, parent, parentPath, key }: NodePath<t.MemberExpression>): boolean {
  if (node.object.type === 'Super') return false;
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
    case 'OptionalCallExpression':
      return key !== 'callee';
    case 'AssignmentExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'AssignmentPattern':
      return key !== 'left';
    case 'UnaryExpression':
      return parent.operator !== 'delete' && parent.operator !== 'typeof';
    case 'ObjectProperty':
      return parentPath!.parent.type === 'ObjectExpression';
    case 'TaggedTemplateExpression':
    case 'UpdateExpression':
    case 'ArrayPattern':
    case 'RestElement':
    case 'ExpressionStatement':
      return false;
    default:
      return true;
  }
}
