import { transformSync } from '@babel/core';
import throughline from '../../babel-plugin/src/index';

const compiled = (code: string, filename: string): string =>
  transformSync(code, {
    ...{ configFile: false, babelrc: false, filename, cwd: '/app', sourceType: 'script' },
    plugins: [[throughline, { causes: false }]],
  })!.code!;

const pool = '/app/node_modules/pg-pool/index.js';

test('listeners of a package of connections are left as they are', () => {
  const code = `socket.on('data', chunk => read(chunk));`;

  expect(compiled(code, pool)).toBe(code);
  expect(compiled(code, '/app/node_modules/other/index.js')).toContain('_listen(');
});

test('its callbacks keep their context, also where a socket has a method of that name that takes a listener', () => {
  expect(compiled('pool.connect((error, client) => use(client));', pool)).toContain(
    '_spawnInMethod("last spawnAlike of Client,Pool,Connection,BaseConnection", pool, pool.connect, ',
  );
});
