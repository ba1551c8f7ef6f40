import { transformSync } from '@babel/core';
import throughline from '../../babel-plugin/src/index';

test('sites are places of what the user wrote, when another tool has changed it before', () => {
  const written = `type User = string;\n\nlet user: User;\nconst load = async () => {\n  setTimeout(tick, 1);\n};`;
  const types = transformSync(written, {
    ...{ configFile: false, babelrc: false, sourceMaps: true, filename: '/app/src/cart.ts' },
    presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]],
    retainLines: false,
  })!;
  expect(types.code!.split('\n')[2]).not.toContain('load');
  const { metadata } = transformSync(types.code!, {
    ...{ configFile: false, babelrc: false, filename: '/app/build/cart.js', cwd: '/app' },
    inputSourceMap: { ...types.map!, sources: ['../src/cart.ts'] },
    plugins: [[throughline, { causes: false }]],
  })!;

  expect(metadata).toMatchObject({
    throughline: {
      file: 'src/cart.ts',
      sites: ['4:13 async load', '5:2 timer setTimeout'],
    },
  });
});

test.each([
  ['/repo/app/src/cart.js', 'src/cart.js'],
  ['/repo/app/node_modules/knex/index.js', 'node_modules/knex/index.js'],
  ['/repo/node_modules/knex/index.js', 'node_modules/knex/index.js'],
  ['/elsewhere/cart.js', 'cart.js'],
])('the table of %s is named %s', (filename, name) => {
  const { code } = transformSync('setTimeout(f, 1);', {
    ...{ configFile: false, babelrc: false, filename, cwd: '/repo/app' },
    plugins: [[throughline, { causes: false }]],
  })!;

  expect(code).toContain(`("${name}", [`);
});
