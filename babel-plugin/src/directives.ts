import type { NodePath, types as t, Visitor } from '@babel/core';
import { unknownDirective } from './errors.js';
import type { FileState } from './state.js';

const DIRECTIVE = /^\s*throughline:\s*(.*?)\s*$/;

/** `// throughline: off` before a statement or a class member leaves it as it is written. */
export const directives: Visitor<FileState> = {
  'Statement|ObjectMember|Method|Property': {
    enter(path) {
      for (const directive of directivesOf(path.node)) {
        if (directive === 'off') path.skip();
        else if (directive !== 'off file') throw unknownDirective(path, directive);
      }
    },
  },
};

/** `// throughline: off file` anywhere among the file's comments leaves all of it as it is. */
export function isOff(file: t.File): boolean {
  return (file.comments ?? []).some(({ value }) => DIRECTIVE.exec(value)?.[1] === 'off file');
}

function directivesOf(node: t.Node): string[] {
  return (node.leadingComments ?? []).flatMap(({ value }) => DIRECTIVE.exec(value)?.[1] ?? []);
}

export type { NodePath };
