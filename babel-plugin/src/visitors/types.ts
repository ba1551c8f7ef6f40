import type { NodePath, Visitor } from '@babel/core';
import type { FileState } from '../state.js';

/** Parts of a program without code that could spawn anything, which nobody has to walk through. */
export const types: Visitor<FileState> = {
  'TSType|TSTypeAnnotation|TSTypeParameterDeclaration|TSTypeParameterInstantiation': skip,
  'TypeAnnotation|TypeParameterDeclaration|TypeParameterInstantiation': skip,
  // Statements have to be left, for comments that hold for them (directives.ts).
  TSInterfaceDeclaration: (path) => path.skipKey('body'),
  ImportDeclaration: (path) => path.skipKey('specifiers'),
};

function skip(path: NodePath): void {
  path.skip();
}
