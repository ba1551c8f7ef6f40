import type { NodePath, types as t, Visitor } from '@babel/core';
import type { FileState } from '../state.js';

/**
 * Tells Babel's scopes what was rewritten, for the plugins that come after: every name is bound where the
 * program now binds it, and every use of it is known.
 *
 * Only the parts that changed are read again; `program.scope.crawl()` would read all of the file, and
 * costs a quarter of a build.
 */
export function settleScopes(
  /** Any of the program's statements. */
  anchor: NodePath,
  added: ReadonlySet<t.Statement>,
  { rewritten, extended, functions }: FileState,
): void {
  const isWithin = (path: NodePath): boolean => path.findParent((at) => rewritten.has(at)) !== null;
  const statements = [...added].map((statement) => pathTo(statement, anchor));

  // Before all else: a function is read as soon as there is a path to it.
  for (const statement of statements) {
    if (statement.isDeclaration()) statement.scope.registerDeclaration(statement);
  }
  for (const statement of statements) refer(statement, functions);
  for (const [path, node] of rewritten) if (!isWithin(path)) refer(pathTo(node, path), functions);
  for (const path of extended) if (!rewritten.has(path) && !isWithin(path)) path.scope.crawl();
}

/** The path to what stands now where, or next to where, a path led. */
function pathTo(node: t.Node, path: NodePath): NodePath {
  return path.inList
    ? path.getSibling((path.container as t.Node[]).indexOf(node))
    : (path.parentPath!.get(path.key as string) as NodePath);
}

/** Notes what a place refers to, but for functions at new paths: they were read as the paths were made. */
function refer(place: NodePath, known: Known): void {
  if (place.isFunctionDeclaration()) {
    const binding = place.parentPath.scope.getBinding(place.node.id!.name);
    if (binding?.identifier === place.node.id) binding!.path = place;
  }
  if (place.isReferencedIdentifier()) note(place);
  if (!place.isFunction()) place.traverse(references, known);
}

type Known = FileState['functions'];

const references: Visitor<Known> = {
  ReferencedIdentifier: note,
  AssignmentExpression(path) {
    path.scope.registerConstantViolation(path);
  },
  Function(path, known) {
    if (!known.has(path)) path.skip();
  },
};

function note(path: NodePath): void {
  path.scope.getBinding((path.node as t.Identifier).name)?.reference(path);
}
