import { AsyncLocalStorage } from '../../runtime/src/faces/async-local-storage';
import { instrument, run } from '../harness/instrument';

const FACE = '@throughline/runtime/async-local-storage';

test.each([
  ['import', `import { AsyncLocalStorage } from 'node:async_hooks';`],
  ['import without a prefix', `import * as hooks from "async_hooks";`],
  ['export', `export { AsyncLocalStorage } from 'node:async_hooks';`],
  ['import()', `const hooks = import('node:async_hooks');`],
  ['require', `const { AsyncResource } = require('async_hooks');`],
])('%s of async_hooks is of the runtime on request', (_, code) => {
  expect(instrument(code, { asyncHooks: 'runtime' })).toContain(`"${FACE}"`);
  expect(instrument(code, {})).not.toContain(FACE);
});

test.each([
  ['another module', `import { hooks } from './async_hooks';`],
  ['a require of the program', `const require = (name) => name; require('async_hooks');`],
  ['a text', `const name = 'node:async_hooks';`],
])('%s stays as it is', (_, code) => {
  expect(instrument(code, { asyncHooks: 'runtime' })).not.toContain(FACE);
});

test.each([
  [
    'names of an import',
    `import { AsyncLocalStorage, createHook, executionAsyncId as id } from 'node:async_hooks'; f(AsyncLocalStorage, createHook, id);`,
  ],
  ['names of an export', `export { AsyncResource, createHook } from 'node:async_hooks';`],
  ['a required object', `const { AsyncLocalStorage, createHook } = require('async_hooks');`],
])('%s that only Node has stay its own', (_, code) => {
  const out = instrument(code, { asyncHooks: 'runtime' });

  expect(out).toContain(FACE);
  expect(out).toMatch(
    /(?:createHook[^;]*from ['"]node:async_hooks['"])|require\(['"]async_hooks['"]\)/,
  );
  expect(out).not.toMatch(/createHook[^;]*from ['"]@throughline/);
});

test.each([
  `import * as hooks from 'node:async_hooks'; hooks.createHook({});`,
  `import hooks from 'node:async_hooks'; f(hooks);`,
])("a whole module of which more is used is Node's: %s", (code) => {
  expect(instrument(code, { asyncHooks: 'runtime' })).not.toContain(FACE);
});

test('a required module has both', () => {
  const { hooks } = run(
    `const hooks = require('async_hooks'); exports.hooks = hooks;`,
    {},
    { asyncHooks: 'runtime' },
  ) as { hooks: { AsyncLocalStorage: unknown; createHook: unknown } };

  expect(typeof hooks.createHook).toBe('function');
  expect(hooks.AsyncLocalStorage).toBe(AsyncLocalStorage);
});
