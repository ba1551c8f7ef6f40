import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@babel/core';
import {
  babelSettings,
  inDialectOf,
  instrumentSync,
} from '../../babel-plugin/src/adapters/transform';

const fixtures = join(__dirname, '..', 'fixtures');
const inputs = readdirSync(fixtures)
  .flatMap((family) => readdirSync(join(fixtures, family)).map((name) => join(family, name)))
  .filter((name) => existsSync(join(fixtures, name, 'input.js')));

/** Returns the code as Babel writes it, with the plugin or without. */
function written(code: string, options: object, isInstrumented: boolean): string {
  const settings = babelSettings({ file: '/app/input.js', options, format: 'module' });
  const plugins = isInstrumented ? settings.plugins!.slice(0, 1) : [];
  return inDialectOf(code, { ...settings, plugins }, transformSync)!.code!;
}

test.each(inputs)('%s stays as it is if nothing in it is instrumented', (name) => {
  const file = join(fixtures, name, 'options.json');
  const options = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  const code = readFileSync(join(fixtures, name, 'input.js'), 'utf8');
  const made = instrumentSync(code, { file: '/app/input.js', options, format: 'module' });

  expect(made === undefined).toBe(written(code, options, true) === written(code, options, false));
});

test.each([true, 'inline', 'lines'] as const)('with source maps: %s', (sourceMaps) => {
  const request = { file: '/app/a.js', options: {}, sourceMaps };

  expect(instrumentSync('console.log( 1 )', request)).toBeUndefined();
  expect(instrumentSync('async () => { await 1 }', request)).toBeDefined();
});

test.each([
  `import { AsyncLocalStorage } from 'node:async_hooks';`,
  `import { AsyncLocalStorage, createHook } from 'node:async_hooks';`,
  `export * from 'node:async_hooks';`,
  `const { AsyncResource } = require('async_hooks');`,
])('a file in which only a module is replaced is written: %s', (code) => {
  const options = { asyncHooks: 'runtime' } as const;

  expect(instrumentSync(code, { file: '/app/a.js', options })?.code).toContain(
    '@throughline/runtime/async-local-storage',
  );
  expect(instrumentSync(code, { file: '/app/a.js', options: {} })).toBeUndefined();
});
