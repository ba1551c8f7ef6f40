import type { NodePath, types as t, Visitor } from '@babel/core';
import type { Changes } from './changes.js';

/**
 * Updates Babel's scopes after the rewrite, for the plugins that run after us: bindings point to the present
 * declarations, and their references are complete.
 *
 * Only the changed parts are crawled. `program.scope.crawl()` would crawl the whole file, which takes a quarter of
 * the time of a build.
 */
export function updateScopes(
  /** Any of the program's statements. */
  anchor: NodePath,
  added: ReadonlySet<t.Statement>,
  { rewritten, extended, functions }: Changes,
): void {
  const isWithin = (path: NodePath): boolean => path.findParent((at) => rewritten.has(at)) !== null;
  const statements = [...added].map((statement) => pathTo(statement, anchor));

  // First, because Babel crawls a function as soon as a path to it exists.
  for (const statement of statements) {
    if (statement.isDeclaration() && !takesOver(statement)) {
      statement.scope.registerDeclaration(statement);
    }
  }
  for (const statement of statements) refer(statement, functions);
  for (const [path, node] of rewritten) if (!isWithin(path)) refer(pathTo(node, path), functions);
  for (const path of extended) if (!rewritten.has(path) && !isWithin(path)) path.scope.crawl();
}

/** Gives the binding of a function that has become a variable to that variable. Returns false without one. */
function takesOver(statement: NodePath): boolean {
  if (!statement.isVariableDeclaration()) return false;
  const declarator = statement.get('declarations')[0]!;
  const { id } = declarator.node;
  const binding = id.type === 'Identifier' ? statement.scope.getOwnBinding(id.name) : undefined;
  if (binding?.identifier !== id) return false;
  binding!.path = declarator;
  binding!.kind = 'var';
  return true;
}

/** Returns the path of a node that is now at the position of `path`, or a sibling of it. */
function pathTo(node: t.Node, path: NodePath): NodePath {
  return path.inList
    ? path.getSibling((path.container as t.Node[]).indexOf(node))
    : (path.parentPath!.get(path.key as string) as NodePath);
}

/** Registers the references in a path, except in functions at new paths: Babel crawled those when it made them. */
function refer(place: NodePath, known: Known): void {
  rebind(place);
  if (place.isReferencedIdentifier()) note(place);
  if (!place.isFunction()) place.traverse(references, known);
}

/** Tells the binding of a declared function where it is now. */
function rebind(place: NodePath): void {
  if (!place.isFunctionDeclaration()) return;
  const binding = place.parentPath.scope.getBinding(place.node.id!.name);
  if (binding?.identifier === place.node.id) binding!.path = place;
}

type Known = Changes['functions'];

const references: Visitor<Known> = {
  ReferencedIdentifier: note,
  AssignmentExpression(path) {
    path.scope.registerConstantViolation(path);
  },
  Function(path, known) {
    rebind(path);
    if (!known.has(path)) path.skip();
  },
};

function note(path: NodePath): void {
  path.scope.getBinding((path.node as t.Identifier).name)?.reference(path);
}
