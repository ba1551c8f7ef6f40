import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Which imports a part of the house must not have (docs: ARCHITECTURE.md, "The packages"). */
function boundary(files, forbidden, message) {
  const patterns = forbidden.map((regex) => ({ regex, message }));
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

/** A module that is not a file of the package. */
const OUTSIDE = '^(?!\\.{1,2}/)';

/**
 * The rooms of a package: the folders that the files of a folder may import from, besides their own. A folder that is
 * not listed cannot be imported from any of them.
 */
const rooms = {
  'runtime/src': {
    kernel: [],
    listeners: ['kernel'],
    callbacks: ['kernel', 'listeners'],
    promises: ['kernel', 'callbacks'],
    causes: ['kernel'],
    threads: ['kernel', 'listeners', 'causes'],
    faces: ['kernel', 'callbacks', 'causes', 'listeners', 'threads'],
    'with-causes': ['kernel', 'callbacks', 'causes', 'listeners', 'promises'],
    otlp: [
      'kernel',
      'xtrace/ids',
      'xtrace/log',
      'xtrace/own-requests',
      'xtrace/batch',
      'xtrace/queue',
      'xtrace/report',
      'xtrace/sender',
    ],
    xtrace: ['kernel', 'causes', 'faces', 'otlp/sender', 'otlp/settings'],
    propagation: ['kernel', 'promises', 'xtrace'],
    baggage: ['kernel', 'faces', 'operations/bag-members'],
    operations: ['kernel', 'faces', 'promises', 'xtrace'],
    logger: [
      'baggage/bags',
      'baggage/header',
      'faces',
      'kernel',
      'operations/called-from',
      'xtrace',
    ],
    methods: ['kernel', 'callbacks', 'faces', 'operations', 'promises', 'xtrace'],
    sockets: ['kernel', 'callbacks', 'listeners/triggers', 'methods', 'operations', 'xtrace'],
    brokers: ['kernel', 'faces', 'methods', 'operations', 'xtrace'],
    libraries: [
      'brokers',
      'kernel',
      'callbacks',
      'faces',
      'methods',
      'operations',
      'propagation',
      'sockets',
      'xtrace',
    ],
    channels: [
      'kernel',
      'otlp/settings',
      'propagation/carrier',
      'threads/baggage',
      'callbacks',
      'causes',
      'faces',
      'brokers/platformatic-kafka-receives',
      'libraries',
      'sockets',
      'operations',
      'promises',
      'xtrace',
    ],
    pages: [
      'kernel',
      'faces',
      'listeners/triggers',
      'methods/watch-classes',
      'operations',
      'promises',
      'sockets',
      'xtrace',
    ],
  },
  'babel-plugin/src': {
    catalogue: ['options', 'bindings'],
    rewrite: [
      'activations',
      'bindings',
      'callback-arguments',
      'catalogue',
      'names',
      'nodes',
      'options',
      'sites',
      'state',
    ],
    visitors: [
      'activations',
      'bindings',
      'callback-arguments',
      'callback-values',
      'catalogue',
      'check/finding',
      'generator-frames',
      'names',
      'native-form',
      'nodes',
      'promise-values',
      'rewrite',
      'sites',
      'state',
    ],
    adapters: [
      ...['catalogue/connections', 'catalogue/operation-classes', 'errors', 'index'],
      ...['module-format', 'options'],
      ...['file-metadata', 'instrumented-before', 'package-of', 'package-version'],
      ...['rewrite/kept-parentheses', 'runtime-files'],
    ],
    check: ['adapters', 'errors', 'options', 'plugin'],
  },
  'ledger/src': {
    events: ['is-promise', 'owner', 'report', 'source'],
    policy: ['errors', 'findings'],
    watch: [
      ...['entry', 'events', 'findings', 'is-promise', 'ledger', 'owner', 'policy', 'report'],
      ...['sentences', 'source'],
    ],
    node: ['entry', 'errors', 'events', 'ledger', 'owner', 'source'],
    reports: ['errors', 'findings', 'owner', 'policy', 'report', 'sentences', 'source'],
  },
  'jest/src': {
    jsdom: ['jest-packages', 'options', 'preset'],
    config: [
      ...['instrumented-packages', 'jest-packages', 'options', 'preset'],
      'require-or-import',
    ],
    transform: ['errors', 'jest-packages', 'options', 'require-or-import'],
    watch: ['realm'],
  },
  'vitest/src': {
    platform: ['provided', 'tasks'],
    watch: ['platform', 'provided', 'tasks'],
    setup: ['platform', 'provided', 'watch'],
  },
  'collector/src': {
    reports: [],
    search: ['errors'],
    graph: ['reports'],
    store: ['errors', 'graph', 'reports', 'search', 'settings'],
    clickhouse: ['errors', 'graph', 'reports', 'search', 'store'],
    'store-thread': ['clickhouse', 'errors', 'reports', 'search', 'store'],
    listen: ['errors', 'settings'],
    ingest: ['errors', 'graph', 'listen', 'reports', 'store'],
    otlp: ['reports'],
    code: ['reports'],
    files: ['errors', 'graph', 'otlp', 'reports'],
    analysis: ['graph', 'reports'],
    exports: ['analysis', 'code', 'errors', 'graph', 'reports'],
    query: [
      ...[
        'analysis',
        'code',
        'errors',
        'exports',
        'files',
        'graph',
        'ingest',
        'listen',
        'otlp',
        'reports',
        'search',
      ],
      'store',
    ],
  },
  // Of the collector's own code, the page has what a picture and an answer need, and types of what it is sent.
  'collector/page/src': {
    model: ['../../src/analysis', '../../src/graph', '../../src/reports', '../../src/search'],
    drawing: ['../../src/analysis', '../../src/graph', 'model'],
    state: [
      '../../src/code',
      '../../src/graph',
      '../../src/reports',
      'address',
      'api',
      'drawing',
      'model',
    ],
    widgets: [
      ...['../../src/analysis', '../../src/exports', '../../src/graph', '../../src/reports'],
      ...['../../src/store', 'drawing', 'model', 'state'],
    ],
    views: [
      ...['../../src/analysis', '../../src/graph', '../../src/query', '../../src/reports'],
      ...['../../src/search', '../../src/store'],
      ...['address', 'api', 'drawing', 'model', 'state', 'widgets'],
    ],
  },
  'cli/src': {
    'init-jest': ['errors'],
    sources: ['errors', 'progress'],
    doctor: [],
    run: ['errors', 'sources'],
    mcp: ['errors', 'sources', 'version'],
    commands: ['doctor', 'errors', 'init-jest', 'mcp', 'progress', 'run', 'sources', 'write-file'],
  },
};

/** Modules of the platform and of others that a room may import; all others are refused where a room is listed. */
const outside = {
  'runtime/src/kernel': [],
  'runtime/src/listeners': [],
  'runtime/src/callbacks': [],
  'runtime/src/promises': [],
  'runtime/src/causes': [],
  'runtime/src/threads': [],
  'runtime/src/faces': ['@opentelemetry/api'],
  'runtime/src/with-causes': [],
  'runtime/src/otlp': ['node:.*'],
  'runtime/src/xtrace': ['node:.*'],
  'runtime/src/operations': [],
  'runtime/src/methods': [],
  'runtime/src/sockets': [],
  'runtime/src/brokers': [],
  'runtime/src/libraries': [],
  'runtime/src/channels': ['node:.*'],
  'runtime/src/pages': [],
  'runtime/src/propagation': ['@grpc/grpc-js'],
  // These run in pages as well.
  'ledger/src/events': ['@throughline/runtime/(?:ledger|report)'],
  'ledger/src/policy': [],
  'ledger/src/watch': ['@throughline/runtime/ledger'],
};

/** Our own packages that no file of a package may import, wherever it is. */
const foreign = {
  'runtime/src': ['^@throughline/', '/(babel-plugin|ledger|jest|vitest|collector|cli)/src'],
  // It writes the name of the runtime into code, and imports nothing of ours.
  'babel-plugin/src': ['^@throughline/', '/(runtime|ledger|jest|vitest|collector|cli)/src'],
  // The entries of the runtime that are made for it.
  'ledger/src': [
    '^@throughline/(?!runtime$|runtime/(?:ledger|report)$)',
    '/(runtime|babel-plugin|jest|vitest|collector|cli)/src',
  ],
  // The plugin, the ledger, and the entry of the runtime that is made for it.
  'jest/src': [
    '^@throughline/(?!babel-plugin$|ledger$|ledger/node$|runtime/realm-script$)',
    '/(runtime|babel-plugin|ledger|vitest|collector|cli)/src',
  ],
  'vitest/src': [
    '^@throughline/(?!babel-plugin/vite$|ledger$|ledger/node$|runtime$|runtime/(?:ledger|compiled-with-causes)$)',
    '/(runtime|babel-plugin|ledger|jest|collector|cli)/src',
  ],
  'collector/src': [
    '^@throughline/(?!runtime/report$)',
    '/(runtime|babel-plugin|ledger|jest|vitest|cli)/src',
  ],
  'collector/page/src': ['^@throughline/', '/(runtime|babel-plugin|ledger|jest|vitest|cli)/src'],
  'cli/src': [
    '^@throughline/(?!collector$|collector/(?:folders|settings)$|babel-plugin/check$|runtime/(?:auto|doctor)$)',
    '/(runtime|babel-plugin|ledger|jest|vitest|collector)/src',
  ],
};

/** Returns one rule per package for the files that are in no room, and one per room. */
function boundaries() {
  return Object.entries(rooms).flatMap(([root, folders]) => [
    boundary(
      [`${root}/*.{ts,tsx}`],
      foreign[root],
      `${root} must not import this package of ours.`,
    ),
    ...Object.entries(folders).map(([room, allowed]) => {
      const others = allowed.length > 0 ? `(?!(?:${allowed.join('|')})(?:/|\\.js$|$))` : '';
      const may = outside[`${root}/${room}`];
      const forbidden = [`^\\.\\./${others}`, ...foreign[root]];
      if (may) forbidden.push(`^(?!\\.{1,2}/)(?!(?:${may.join('|') || '$^'})$)`);
      return boundary(
        [`${root}/${room}/**`],
        forbidden,
        `${root}/${room} may import ${allowed.join(', ') || 'nothing'} beside its own files.`,
      );
    }),
  ]);
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '__tests__/fixtures/**', '.cache/**'] },
  ...tseslint.configs.strict,
  {
    languageOptions: { globals: globals.node },
    rules: {
      // Checked indexing makes `!` the way to say "this index is in range".
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['scripts/**', 'bench/**', '__tests__/**', 'examples/**', 'cli/src/**', '**/*.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    // These print what went wrong.
    files: [
      'runtime/src/{channels/auto,channels/console,kernel/warn}.ts',
      'collector/src/{listen/http-server,query/web}.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // Functions that replace a callback create no array of its arguments, because they run at every event.
    files: [
      'runtime/src/{listeners/emitters,promises/{catch-and-finally,chain},callbacks/spawn}.ts',
    ],
    rules: { 'prefer-rest-params': 'off' },
  },
  {
    // Declarations that extend an interface of another package must have its shape.
    files: ['jest/src/matcher-types.ts'],
    rules: {
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
  { files: ['**/*.{js,cjs}'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    files: ['__tests__/**'],
    languageOptions: { globals: globals.jest },
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
    },
  },
  {
    // Nodes are built in one folder: visitors recognise and decide.
    files: ['babel-plugin/src/**'],
    ignores: ['babel-plugin/src/rewrite/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'MemberExpression[object.name=/^(t|types)$/], MemberExpression[object.property.name=/^(t|types)$/]',
          message: 'Only files of rewrite/ build nodes.',
        },
      ],
    },
  },
  ...boundaries(),
  boundary(
    ['runtime/src/*.ts'],
    [OUTSIDE],
    'The doors of the runtime export what is in its rooms, and nothing else.',
  ),
);
