import type * as Babel from '@babel/core';
import type { NodePath, PluginPass, types as t } from '@babel/core';

const MEMBER_OF_JSX = />\s*\)\s*(?:\?\.|[.[])/;

/**
 * Keeps the parentheses around JSX whose member is read: Babel writes `<b/>.type`, which other compilers than itself
 * cannot read.
 */
export function keptParentheses({ types: t }: typeof Babel) {
  const wrap = (path: NodePath<t.Expression>): void => {
    const isJsx = path.isJSXElement() || path.isJSXFragment();
    if (isJsx) path.replaceWith(t.parenthesizedExpression(path.node as t.Expression));
  };
  return {
    name: 'throughline-kept-parentheses',
    visitor: {
      Program: {
        exit(program: NodePath<t.Program>, { file }: PluginPass) {
          if (!MEMBER_OF_JSX.test(file.code)) return;
          program.traverse({
            MemberExpression: (path) => wrap(path.get('object') as NodePath<t.Expression>),
            OptionalMemberExpression: (path) => wrap(path.get('object') as NodePath<t.Expression>),
          });
        },
      },
    },
  };
}
