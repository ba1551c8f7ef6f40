const { createHash } = require('node:crypto');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const source = {
  '^@throughline/ledger$': '<rootDir>/ledger/src/index.ts',
  '^@throughline/ledger/node$': '<rootDir>/ledger/src/node.ts',
  '^@throughline/runtime$': '<rootDir>/runtime/src/index.ts',
  '^@throughline/runtime/(baggage|ledger|logger|operations|report|compiled|compiled-with-causes)$':
    '<rootDir>/runtime/src/$1.ts',
  '^@throughline/runtime/(async-context|async-local-storage|opentelemetry|sentry)$':
    '<rootDir>/runtime/src/faces/$1.ts',
  '^@throughline/runtime/causes$': '<rootDir>/runtime/src/causes/chain.ts',
  '^@throughline/runtime/xtrace$': '<rootDir>/runtime/src/xtrace/node.ts',
  '^@throughline/runtime/grpc$': '<rootDir>/runtime/src/propagation/grpc.ts',
};

/** The suite has one module twice: instrumented, and as it is written. */
const asWritten = {
  '/order-programs\\?uncompiled$': '<rootDir>/__tests__/engines/order-programs-as-written.ts',
};

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // Jest knows nothing of the plugin that its Babel config names: one cache for each build of it.
  cacheDirectory: join(__dirname, '.cache', 'jest', buildOf('babel-plugin')),
  // Sources name the files that they are compiled to.
  moduleNameMapper: { ...asWritten, '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/.*/package.json', '<rootDir>/.cache/'],
};

const tests = (...names) => names.map((name) => `<rootDir>/__tests__/${name}.test.ts`);

/**
 * Programs and parts of the runtime. They run twice: from the sources without causes, as in production, and on the
 * built packages with causes. Their results depend on the engine.
 */
const PROGRAMS = tests(
  '{behaviour,engines}/**/*',
  'runtime/{async-context,factory-that-throws,one-runtime,plain-build,slot-callbacks,slots,spawn}',
);
/** Other tests whose result depends on the engine. Every supported Node runs them; those that are left run once. */
const ENGINE = tests(
  'async-local-storage/**/*',
  'babel-plugin/{bindings,event-policies,fixtures,function-shape,same-program}',
  'babel-plugin/{spawn-points,stack-traces,text-taken,ticks,top-level-await}',
  'causes/**/*',
  'collector/sqlite-store',
  'fuzz/**/*',
  'grpc/**/*',
  'memory/**/*',
  'node-callbacks/**/*',
  'operations/**/*',
  'opentelemetry/**/*',
  'traps/**/*',
  'workers/node-*',
  'xtrace/{program-end,tcp-sender}',
);
/** Programs see one value in instrumented code, with the bridge open and closed. Each project has one of the two. */
const bridge = (state) => ({ setupFiles: [`<rootDir>/__tests__/harness/bridge-${state}.ts`] });
const byNode = Number.parseInt(process.versions.node, 10) >= 24 ? 'open' : 'closed';

const sources = {
  ...shared,
  moduleNameMapper: { ...source, ...shared.moduleNameMapper },
};

/** @type {import('jest').Config} */
module.exports = {
  // Tests wait for things, never for a time: only what hangs takes this long, even on a busy machine.
  testTimeout: 60_000,
  // By default Jest leaves one processor idle: half of a machine with two.
  maxWorkers: '100%',
  // Concurrent tests start processes.
  maxConcurrency: 3,
  projects: [
    { ...sources, ...bridge('closed'), displayName: 'source', testMatch: PROGRAMS },
    { ...sources, ...bridge(byNode), displayName: 'engine', testMatch: ENGINE },
    {
      ...sources,
      ...bridge('closed'),
      displayName: 'once',
      testMatch: [
        '<rootDir>/__tests__/**/*.test.ts',
        '!**/__tests__/toolchains/**',
        // A test is in exactly one of the three, so none falls between them.
        ...[...PROGRAMS, ...ENGINE].map((glob) => glob.replace('<rootDir>', '!**')),
      ],
    },
    {
      ...shared,
      ...bridge('open'),
      displayName: 'built',
      moduleNameMapper: {
        ...shared.moduleNameMapper,
        // Parts that no entry exports come from the same build.
        '^(?:\\.\\./)+runtime/src/(.*)$': '<rootDir>/runtime/dist/cjs/$1.js',
      },
      transform: { '\\.[jt]sx?$': ['babel-jest', { envName: 'causes' }] },
      testMatch: tests('{runtime,behaviour,engines}/**/*'),
    },
    {
      ...shared,
      displayName: 'toolchains',
      testMatch: tests('toolchains/**/*'),
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
