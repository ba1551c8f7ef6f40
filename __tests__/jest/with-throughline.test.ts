import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '@jest/types';
import { withThroughline } from '../../jest/src/config/with-throughline';
import { preset } from '../../jest/src/preset';

const OWN = preset().transform['\\.[cm]?[jt]sx?$']![0];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const changed = (config: Config.InitialOptions, options: object = {}) =>
  withThroughline({ rootDir: folder, ...config }, options)();
/** The transforms of a configuration: by pattern, the inner transformer and its options. */
async function inner(config: Config.InitialOptions): Promise<object> {
  const { transform = {} } = await changed(config);
  return Object.fromEntries(
    Object.entries(transform).map(([pattern, entry]) => {
      const [path, given] = entry as [string, { transformer?: unknown; babel?: unknown }];
      return [pattern, path === OWN ? (given.transformer ?? { babel: given.babel }) : entry];
    }),
  );
}

test('without transforms, Babel compiles as in Jest', async () => {
  const { transform, testRunner, reporters } = await changed({}, { leaks: 'fail' });

  expect(transform).toEqual({ '\\.[cm]?[jt]sx?$': [OWN, { leaks: 'fail' }] });
  expect(testRunner).toBe(preset().testRunner);
  expect(reporters).toEqual(preset().reporters);
});

test('an empty list of transforms compiles nothing, and files are instrumented as they are written', async () => {
  expect(await inner({ transform: {} })).toEqual({ '\\.[cm]?[jt]sx?$': ['none', {}] });
});

test('each transformer of programs is kept, with its options, and others stay', async () => {
  const own = put('compile.js', '');
  const transform = {
    '\\.ts$': '<rootDir>/compile.js',
    '\\.jsx?$': ['babel-jest', { rootMode: 'upward' }],
    '\\.css$': '<rootDir>/css.js',
  } as NonNullable<Config.InitialOptions['transform']>;

  expect(await inner({ transform })).toEqual({
    '\\.ts$': [own, {}],
    '\\.jsx?$': { babel: { rootMode: 'upward' } },
    '\\.css$': '<rootDir>/css.js',
  });
});

test('JavaScript that a project of TypeScript does not compile is instrumented as it is written', async () => {
  const own = put('compile.js', '');
  expect(await inner({ transform: { '\\.tsx?$': '<rootDir>/compile.js' } })).toEqual({
    '\\.tsx?$': [own, {}],
    '\\.[cm]?[jt]sx?$': ['none', {}],
  });
});

test('the transforms of a preset are changed as well', async () => {
  const own = put('compile.js', '');
  const transform = `{ '\\\\.tsx?$': ${JSON.stringify(own)}, '\\\\.js$': 'babel-jest' }`;
  put('ours/jest-preset.js', `module.exports = { transform: ${transform} };`);

  expect(await inner({ preset: './ours/jest-preset.js' })).toEqual({
    '\\.tsx?$': [own, {}],
    '\\.js$': { babel: {} },
  });
});

describe('projects', () => {
  test('objects, folders and patterns get the transformer, and the reporter stands beside them', async () => {
    put('packages/a/jest.config.json', '{ "displayName": "a" }');
    put('packages/b/jest.config.js', 'module.exports = { displayName: "b", transform: {} };');
    const config = await changed({
      projects: ['<rootDir>/packages/*', { displayName: 'c', rootDir: folder }],
    });
    const projects = config.projects as Config.InitialProjectOptions[];

    expect(projects.map(({ displayName, rootDir }) => [displayName, rootDir])).toEqual([
      ['a', join(folder, 'packages/a')],
      ['b', join(folder, 'packages/b')],
      ['c', folder],
    ]);
    for (const { transform } of projects) {
      expect(Object.values(transform!).map(([path]) => path)).toEqual([OWN]);
    }
    expect(config.reporters).toEqual(preset().reporters);
    expect(projects.filter((project) => 'reporters' in project)).toEqual([]);
  });

  test('a project that is changed already stays as it is', async () => {
    const entry = '{ "\\\\.js$": ["@throughline/jest/transformer", {}] }';
    put('a/jest.config.json', `{ "transform": ${entry} }`);
    const { projects } = await changed({ projects: ['<rootDir>/a'] });

    expect((projects as Config.InitialProjectOptions[])[0]!.transform).toEqual(JSON.parse(entry));
  });
});

describe('ts-jest', () => {
  /** Returns the options that ts-jest gets. */
  async function options(config: Config.InitialOptions): Promise<{ tsconfig?: string | object }> {
    const [entry] = Object.values(await inner(config));
    return (entry as [string, object])[1];
  }
  const transform = { '\\.tsx?$': 'ts-jest' };

  test('without a target, async functions stay, and types have the libraries that they had', async () => {
    put('tsconfig.json', '{ "compilerOptions": { "strict": true } }');
    put(
      'node_modules/typescript/index.js',
      `module.exports = require(${JSON.stringify(require.resolve('typescript'))});`,
    );
    const { tsconfig } = await options({ transform });

    expect(JSON.parse(readFileSync(tsconfig as string, 'utf8'))).toEqual({
      extends: join(folder, 'tsconfig.json'),
      compilerOptions: {
        target: 'ES2018',
        lib: ['ES2015', 'dom', 'dom.iterable', 'scripthost'],
        // They would be looked for above the new file, which is elsewhere.
        typeRoots: expect.arrayContaining([join(folder, 'node_modules', '@types')]),
      },
    });
  });

  test('a configuration under globals counts, and one with a target stays', async () => {
    put('tsconfig.json', '{}');
    put('tsconfig.test.json', '{ "compilerOptions": { "target": "ES2020" } }');
    put(
      'node_modules/typescript/index.js',
      `module.exports = require(${JSON.stringify(require.resolve('typescript'))});`,
    );

    expect(
      await options({ transform, globals: { 'ts-jest': { tsconfig: 'tsconfig.test.json' } } }),
    ).toEqual({ tsconfig: 'tsconfig.test.json' });
  });
});
