import { transformSync } from '@babel/core';
import throughline from '../../babel-plugin/src/index';

function compiled(code: string, filename: string): string {
  return transformSync(code, {
    ...{ configFile: false, babelrc: false, filename, cwd: '/app', sourceType: 'script' },
    plugins: [[throughline, { causes: false }]],
  })!.code!;
}

const client = 'class Client { query() {} }\nmodule.exports = Client;';

test('a class whose methods are operations is told to the runtime, at the end of its file', () => {
  const output = compiled(client, '/app/node_modules/pg/lib/client.js');

  expect(output).toMatch(/require\("@throughline\/runtime\/compiled"\);\n/);
  expect(output).toMatch(/module\.exports = Client;\n_libraryClass\("pg Client", Client\);$/);
});

test.each([
  ['of the program', client, '/app/src/client.js'],
  ['of another package', client, '/app/node_modules/pgx/lib/client.js'],
  ['of another name', client.replaceAll('Client', 'Other'), '/app/node_modules/pg/lib/client.js'],
  ['inside a function', `(() => { ${client} })();`, '/app/node_modules/pg/lib/client.js'],
])('a class %s is not', (_, code, filename) => {
  expect(compiled(code, filename)).not.toContain('libraryClass');
});
