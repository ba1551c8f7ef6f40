const { createHash } = require('node:crypto');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const source = {
  '^@throughline/runtime$': '<rootDir>/runtime/src/index.ts',
  '^@throughline/runtime/(ledger|report|compiled|compiled-with-causes)$':
    '<rootDir>/runtime/src/$1.ts',
  '^@throughline/runtime/(async-context|async-local-storage|opentelemetry|sentry)$':
    '<rootDir>/runtime/src/faces/$1.ts',
  '^@throughline/runtime/causes$': '<rootDir>/runtime/src/causes/chain.ts',
  '^@throughline/runtime/xtrace$': '<rootDir>/runtime/src/xtrace/node.ts',
  '^@throughline/runtime/grpc$': '<rootDir>/runtime/src/propagation/grpc.ts',
};

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // Jest knows nothing of the plugin that its Babel config names: one cache for each build of it.
  cacheDirectory: join(__dirname, '.cache', 'jest', buildOf('babel-plugin')),
  // Sources name the files that they are compiled to.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/.*/package.json', '<rootDir>/.cache/'],
};

/** @type {import('jest').Config} */
module.exports = {
  // Tests wait for things, never for a time: only what hangs takes this long, even on a busy machine.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'source',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts', '!**/__tests__/toolchains/**'],
      moduleNameMapper: { ...source, ...shared.moduleNameMapper },
    },
    {
      ...shared,
      displayName: 'built',
      transform: { '\\.[jt]sx?$': ['babel-jest', { envName: 'causes' }] },
      testMatch: ['<rootDir>/__tests__/{runtime,behaviour}/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'toolchains',
      testMatch: ['<rootDir>/__tests__/toolchains/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/__tests__/toolchains/patience.ts'],
    },
  ],
};

function buildOf(workspace) {
  const dist = join(__dirname, workspace, 'dist', 'cjs');
  const hash = createHash('sha256');
  for (const file of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (file.name.endsWith('.js')) hash.update(readFileSync(join(file.parentPath, file.name)));
  }
  return hash.digest('hex').slice(0, 12);
}
