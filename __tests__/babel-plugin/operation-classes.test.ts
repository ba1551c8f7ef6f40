import { transformSync } from '@babel/core';
import throughline from '../../babel-plugin/src/index';

function compiled(
  code: string,
  filename: string,
  sourceType: 'script' | 'module' = 'script',
): string {
  return transformSync(code, {
    ...{ configFile: false, babelrc: false, filename, cwd: '/app', sourceType },
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
  ['class Client {}', 'Client'],
  ['module.exports = class Client {};', 'module.exports'],
  ['exports.Client = class Client {};', 'exports.Client'],
  ['var Client = class {};', 'Client'],
  ['let Client = class Other {};', 'Client'],
  ['let Client = (() => { class Client {} return Client; })();', 'Client'],
])('a class is found as %s', (code, value) => {
  const output = compiled(code, '/app/node_modules/pg/lib/client.js');

  expect(output).toContain(`_libraryClass("pg Client", ${value});`);
});

test.each(['export class Client {}', 'export default class Client {}'])(
  'a class is found as %s',
  (code) => {
    const output = compiled(code, '/app/node_modules/pg/lib/client.mjs', 'module');

    expect(output).toContain('_libraryClass("pg Client", Client);');
  },
);

test.each([
  ['of the program', client, '/app/src/client.js'],
  ['of another package', client, '/app/node_modules/pgx/lib/client.js'],
  ['of another name', client.replaceAll('Client', 'Other'), '/app/node_modules/pg/lib/client.js'],
  ['inside a function', `(() => { ${client} })();`, '/app/node_modules/pg/lib/client.js'],
])('a class %s is not', (_, code, filename) => {
  expect(compiled(code, filename)).not.toContain('libraryClass');
});

test.each([
  ["const http2 = require('http2');", true],
  ["function load() { return require('node:http2'); }", true],
  ["import { connect } from 'node:http2';", true],
  ["import('http2');", true],
  ["const names = ['http', 'http2'];", false],
  ["require('http2-wrapper');", false],
])('a file tells that it uses HTTP/2: %s', (code, isTold) => {
  const output = compiled(code, '/app/src/a.js', 'module');

  expect(output.includes('_usesModule("http2");')).toBe(isTold);
});
