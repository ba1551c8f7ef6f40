import type { NodePath, Visitor } from '@babel/core';
import type { FileState } from '../state.js';

/** Skips types and import specifiers, which contain no code to rewrite. */
export const types: Visitor<FileState> = {
  'TSType|TSTypeAnnotation|TSTypeParameterDeclaration|TSTypeParameterInstantiation': skip,
  'TypeAnnotation|TypeParameterDeclaration|TypeParameterInstantiation': skip,
  // Statements cannot be skipped as a whole: the comments before them must end on exit (directives.ts).
  TSInterfaceDeclaration: (path) => path.skipKey('body'),
  ImportDeclaration: (path) => path.skipKey('specifiers'),
};

function skip(path: NodePath): void {
  path.skip();
}
