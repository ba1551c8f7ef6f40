import type { ConfigAPI, NodePath, PluginObj, types as t } from '@babel/core';
import type * as Babel from '@babel/core';

type Api = typeof Babel & Pick<ConfigAPI, 'caller'>;

/**
 * Babel takes a file for a module of which nobody says more, so the plugin imports the runtime. Where Jest
 * asks for CommonJS and the project has nothing that makes it of modules, a file that has no `import` of
 * its own must not have ours.
 */
export function commonjsRuntime({ types: t, caller }: Api): PluginObj {
  const isCommonjs = caller((given) => given?.supportsStaticESM !== true);
  return {
    name: '@throughline/jest/commonjs-runtime',
    visitor: {
      Program: {
        exit(program) {
          if (!isCommonjs) return;
          const written = program
            .get('body')
            .filter((statement) => statement.isModuleDeclaration());
          const [only] = written;
          if (written.length !== 1 || !only?.isImportDeclaration() || !isOurs(only)) return;
          only.replaceWith(required(t, only.node));
          program.scope.crawl();
        },
      },
    },
  };
}

function isOurs({ node }: NodePath<t.ImportDeclaration>): boolean {
  return /\/compiled(?:-with-causes)?$/.test(node.source.value) && !node.loc;
}

function required(types: typeof t, { source, specifiers }: t.ImportDeclaration): t.Statement {
  const names = specifiers.map((specifier) => {
    const { imported } = specifier as t.ImportSpecifier;
    return types.objectProperty(imported, specifier.local);
  });
  const call = types.callExpression(types.identifier('require'), [source]);
  return types.variableDeclaration('var', [
    types.variableDeclarator(types.objectPattern(names), call),
  ]);
}
