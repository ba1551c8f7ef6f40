import type { ConfigAPI, NodePath, PluginObj, types as t } from '@babel/core';
import type * as Babel from '@babel/core';

type Api = typeof Babel & Pick<ConfigAPI, 'caller'>;

/**
 * Returns a Babel plugin that replaces our `import` of the runtime with `require` where Jest asks for CommonJS.
 *
 * Babel treats a file as a module unless configured otherwise, so the plugin adds an `import`. In a project that
 * does not convert modules to CommonJS, a file without an `import` of its own must not get one.
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
