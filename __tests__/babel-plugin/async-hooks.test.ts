import { instrument } from '../harness/instrument';

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
