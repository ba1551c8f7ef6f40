/**
 * Packages whose own tests we run, by the name in their package.json.
 *
 * `tool` names a row of `tools` in projects-tools.mjs, `args` are what the package's own test
 * command gives it. `leave` has patterns of files that stay as they are. `explained` are tests that
 * must differ, with the reason: they look at the program's text, not at what it does.
 */
export const projects = {
  'abstract-level': { tool: 'tap', args: ['test/self.js'] },
  async: { tool: 'mocha', args: ['test', 'test/es2017'] },
  // Types of a compiled file are not checked: the plugin runs where they are dropped.
  'async-mutex': { tool: 'mocha', args: ['test/*.ts'], env: { TS_NODE_TRANSPILE_ONLY: '1' } },
  avvio: { tool: 'node' },
  dataloader: { tool: 'jest', args: ['src'] },
  emittery: { tool: 'ava' },
  execa: { tool: 'ava', needsNode: 22, minutes: 20 },
  express: {
    tool: 'mocha',
    args: ['--require', 'test/support/env', '--check-leaks', 'test/', 'test/acceptance/'],
  },
  fastify: { tool: 'node', needsNode: 22 },
  'get-stream': { tool: 'ava' },
  got: { tool: 'ava', needsNode: 22, env: { NODE_OPTIONS: '--import=tsx/esm' } },
  graphql: { tool: 'mocha', args: ['src/**/__tests__/**/*-test.ts'] },
  h3: {
    tool: 'vitest',
    args: ['--typecheck.enabled=false'],
    explained: { 'benchmark bundle size': 'a limit for the size of the bundle' },
  },
  hono: { tool: 'vitest', args: ['--project', 'main'] },
  ky: { tool: 'ava' },
  koa: { tool: 'node' },
  'koa-compose': { tool: 'node' },
  'light-my-request': { tool: 'node' },
  'node-fetch': { tool: 'mocha' },
  'p-limit': { tool: 'ava' },
  'p-map': { tool: 'ava' },
  'p-queue': { tool: 'node', args: ['--import=tsx/esm', 'test/basic.ts', 'test/advanced.ts'] },
  pino: { tool: 'node', needsNode: 22, args: ['test/*.test.js'] },
  streamx: { tool: 'tap', args: ['test/all.js'] },
  // Needs `npm run generate-pem` in the checkout.
  undici: { tool: 'node', needsNode: 22, minutes: 15, args: ['--expose-gc', 'test/*.js'] },
  ws: { tool: 'mocha', args: ['--throw-deprecation', 'test/*.test.js'] },
};
