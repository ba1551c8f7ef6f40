import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Which imports a part of the house must not have (docs: ARCHITECTURE.md, "The house"). */
function boundary(files, forbidden, message) {
  const patterns = forbidden.map((regex) => ({ regex, message }));
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const outsideLanguage = '^(?!\\./|\\.\\./)';

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
    files: [
      'scripts/**',
      'bench/**',
      '__tests__/**',
      'examples/**',
      '{collector,babel-plugin}/src/commands/**',
      '**/*.mjs',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // Their business is to say what went wrong.
    files: [
      'runtime/src/complain.ts',
      'collector/src/{main,ingest/accept,query/web}.ts',
      'babel-plugin/src/main.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // What stands for a callback makes no list of its arguments: it runs at every event.
    files: ['runtime/src/{emitters,promises,spawn}.ts'],
    rules: { 'prefer-rest-params': 'off' },
  },
  {
    // Interfaces of other packages are added to, and what is added must have their shape.
    files: ['jest/src/events/matcher-types.ts'],
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
  boundary(
    ['babel-plugin/src/**'],
    ['^@throughline/', '/(runtime|collector|jest)/'],
    'The plugin writes the name of the runtime into code; it imports nothing of ours.',
  ),
  boundary(
    ['runtime/src/*.ts'],
    [outsideLanguage, '^\\./(xtrace|propagation)/'],
    'The core of the runtime imports nothing but itself.',
  ),
  boundary(
    ['runtime/src/{xtrace,propagation}/**'],
    ['^@throughline/', '/(babel-plugin|collector|jest)/'],
    'The runtime imports nothing else of ours.',
  ),
  boundary(
    ['jest/src/**'],
    [
      '^@throughline/(?!babel-plugin$|runtime$|runtime/(?:ledger|report)$)',
      '/(runtime|babel-plugin|collector)/src',
    ],
    'The Jest preset imports the plugin, the runtime, its ledger entry and its report types.',
  ),
  boundary(
    ['jest/src/ledger/{findings,ledger,source,task}.ts'],
    [outsideLanguage],
    'The ledger knows neither Jest, nor the runtime, nor Node.',
  ),
  boundary(
    ['collector/**'],
    ['^@throughline/(?!runtime/report$)', '/(babel-plugin|jest)/', '/runtime/src'],
    'The collector imports the report types of the runtime, and nothing else of ours.',
  ),
);
