import type { SyncTransformer } from '@jest/transform';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagesToInstrument } from '../../jest/src/instrumented-packages';
import transformer from '../../jest/src/transformer';
import type { Options } from '../../jest/src/options';

const createTransformer = transformer.createTransformer as (
  options: Options,
) => SyncTransformer<Options>;
const PLUGIN = require.resolve('@throughline/babel-plugin');
const SOURCE = 'const load = async (part) => { await null; return part; };';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-transformer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const babelConfig = (text: string) =>
  writeFileSync(join(folder, 'babel.config.cjs'), `module.exports = ${text};`);

/** What Jest hands to a transformer. */
function given(more: object = {}): never {
  const config = { cwd: folder, rootDir: folder };
  const asked = { config, configString: '{}', instrument: false, supportsStaticESM: false };
  return { ...asked, transformerConfig: {}, ...more } as never;
}
function compiled(source = SOURCE, options: Options = {}, more: object = {}): string {
  const { code } = createTransformer(options).process(source, join(folder, 'load.js'), given(more));
  // Without the map, in which the source stands.
  return code.replace(/\/\/# sourceMappingURL=.*/, '');
}

test('a project without Babel configuration is compiled, and stays CommonJS', () => {
  expect(compiled()).toContain('require("@throughline/runtime/compiled-with-causes")');
  expect(compiled()).not.toContain('import ');
});

test('where Jest runs modules, the runtime is imported', async () => {
  const { processAsync } = createTransformer({});
  const { code } = await processAsync!(
    SOURCE,
    join(folder, 'load.mjs'),
    given({ supportsStaticESM: true }),
  );
  expect(code).toContain('from "@throughline/runtime/compiled-with-causes"');
});

test('a file with imports of its own is left to the project', () => {
  const code = compiled(`import { part } from './part.js'; ${SOURCE}`);
  expect(code).toContain('from "@throughline/runtime/compiled-with-causes"');
});

test("the project's Babel configuration applies", () => {
  babelConfig(`{ plugins: [() => ({ visitor: { Identifier(path) {
    if (path.node.name === 'part') path.node.name = 'piece';
  } } })] }`);
  expect(compiled()).toContain('piece');
});

test("the plugin's options in the project stay", () => {
  babelConfig(`{ plugins: [[${JSON.stringify(PLUGIN)}, { skip: ['async'] }]] }`);
  expect(compiled()).not.toContain('@throughline/runtime');
});

test('the plugin is added once, also where the project lists it', () => {
  babelConfig(`{ plugins: [${JSON.stringify(PLUGIN)}] }`);
  expect(compiled().match(/@throughline\/runtime/g)).toHaveLength(1);
});

test('coverage counts the lines that were written', () => {
  const code = compiled(SOURCE, {}, { instrument: true });
  expect(code).toContain('statementMap');
  expect(code).toContain('@throughline/runtime/compiled-with-causes');
});

test('options of the plugin and of babel-jest are handed on', () => {
  expect(compiled(SOURCE, { plugin: { skip: ['async'] } })).not.toContain('@throughline/runtime');
  expect(compiled(SOURCE, { babel: { comments: false } })).toContain('@throughline/runtime');
  expect(compiled('/* kept */ f();', { babel: { comments: false } })).not.toContain('kept');
});

test('unknown options are refused', () => {
  expect(() => createTransformer({ leak: 'fail' } as never)).toThrow('TL_OPTION_UNKNOWN');
  expect(() => createTransformer({ leaks: 'never' as never })).toThrow('TL_OPTION_INVALID');
});

describe('the cache key', () => {
  const keyOf = (options: Options, more: object = {}) =>
    createTransformer(options).getCacheKey!(SOURCE, join(folder, 'load.js'), given(more));

  test('is the same for the same', async () => {
    expect(keyOf({})).toBe(keyOf({}));
    const later = createTransformer({}).getCacheKeyAsync!(SOURCE, join(folder, 'load.js'), given());
    expect(await later).toBe(keyOf({}));
  });

  test('is another one with other options, with coverage, with another Babel configuration', () => {
    const keys = [
      keyOf({}),
      keyOf({ plugin: { skip: ['async'] } }),
      keyOf({ babel: { comments: false } }),
      keyOf({}, { instrument: true }),
    ];
    babelConfig(`{ plugins: [[${JSON.stringify(PLUGIN)}, { skip: ['timer'] }]] }`);
    keys.push(keyOf({}));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test.each([
  ['/app/node_modules/knex/index.js', true],
  ['/app/node_modules/@acme/cart/index.js', true],
  ['/app/node_modules/.pnpm/knex@1.0.0/node_modules/knex/index.js', true],
  ['C:\\app\\node_modules\\knex\\index.js', true],
  ['/app/src/index.js', true],
  ['/app/node_modules/knexx/index.js', false],
  ['/app/node_modules/knex/node_modules/pg/index.js', false],
  ['/app/node_modules/.pnpm/pg@1.0.0/node_modules/pg/index.js', false],
])('knex and @acme are compiled: %s %s', (file, isCompiled) => {
  const ignored = packagesToInstrument(['knex', '@acme']).some((text) =>
    new RegExp(text).test(file),
  );
  expect(!ignored).toBe(isCompiled);
});
