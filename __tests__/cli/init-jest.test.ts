import { change } from '../../cli/src/init-jest/change';
import { patch } from '../../cli/src/commands/init-jest';

const js = (text: string) => change(text, 'program', 'jest.config.js');
const ts = (text: string) => change(text, 'program', 'jest.config.ts');
const json = (text: string) => change(text, 'json', 'jest.config.json');
const manifest = (text: string) => change(text, 'package', 'package.json');

describe('a program', () => {
  test('gets the preset, as its first option and in its own form', () => {
    expect(js(`module.exports = {\n  roots: ['src'],\n};\n`).text).toBe(
      `module.exports = {\n  preset: '@throughline/jest',\n  roots: ['src'],\n};\n`,
    );
    expect(js(`export default { verbose: true }`).text).toBe(
      `export default { preset: '@throughline/jest', verbose: true }`,
    );
    expect(js('export default {};').text).toBe(
      `export default {\n  preset: '@throughline/jest',\n};`,
    );
  });

  test('is found through its name, and through types', () => {
    const text = `import type { Config } from "jest";\nconst c: Config = {\n\tbail: 1,\n};\nexport default c satisfies Config;\n`;
    expect(ts(text).text).toContain(`= {\n\tpreset: `);
  });

  test('keeps comments, and the reporters and transforms that it has', () => {
    const { text } = js(`module.exports = {
  // All of them.
  reporters: ['default', ['junit', { out: 'x' }]],
  transform: { '\\\\.tsx?$': ['babel-jest', { rootMode: 'upward' }], '\\\\.css$': './css.js' },
};
`);
    expect(text).toBe(`module.exports = {
  preset: '@throughline/jest',
  // All of them.
  reporters: ['default', ['junit', { out: 'x' }], '@throughline/jest/reporter'],
  transform: { '\\\\.tsx?$': ['@throughline/jest/transformer', { babel: { rootMode: 'upward' } }], '\\\\.css$': './css.js' },
};
`);
  });

  test('that has everything stays as it is', () => {
    const text = `module.exports = { preset: '@throughline/jest/jsdom', reporters: ['@throughline/jest/reporter'] };`;
    expect(js(text)).toEqual({ text, notes: [] });
  });

  const REQUIRED = `const { withThroughline } = require('@throughline/jest');\n\n`;
  test.each([
    ['a call', 'nextJest()({ bail: 1 })'],
    ['a function', 'async () => ({ bail: 1 })'],
    ['another preset', `{ preset: 'ts-jest' }`],
    ['a preset that is computed', '{ preset: pick() }'],
    ['another compiler', `{ transform: { '\\\\.ts$': '@swc/jest' } }`],
    ['no compiler', '{ transform: {} }'],
    ['projects', `{ projects: ['a', 'b'] }`],
    ['reporters that are computed', '{ reporters: make() }'],
    ['a configuration that is spread', '{ ...base }'],
  ])('is passed to withThroughline as a whole: %s', (_what, config) => {
    const after = `${REQUIRED}module.exports = withThroughline(${config});`;

    expect(js(`module.exports = ${config};`)).toEqual({ text: after, notes: [] });
    expect(js(after)).toEqual({ text: after, notes: [] });
  });

  test('that is a module is passed to it in its own form', () => {
    expect(ts(`// Tests.\nimport c from "./c.js";\n\nexport default c;\n`).text).toBe(
      `import { withThroughline } from "@throughline/jest";\n// Tests.\nimport c from "./c.js";\n\nexport default withThroughline(c);\n`,
    );
  });

  test('that exports nothing is left to its owner', () => {
    const text = 'exports.bail = 1;';

    expect(js(text)).toMatchObject({ text, byHand: { what: expect.stringContaining('withThro') } });
  });

  test('is changed with a note, where something else decides as well', () => {
    expect(js(`module.exports = { testRunner: 'jasmine2' };`).notes[0]).toContain('environment');
  });

  test('that cannot be read says where', () => {
    expect(() => js('module.exports = {')).toThrow('TL_CONFIG_UNREADABLE');
  });
});

describe('JSON', () => {
  test.each([
    ['{}', { preset: '@throughline/jest' }],
    ['{\n  "bail": 1\n}\n', { preset: '@throughline/jest', bail: 1 }],
    [
      '{ "reporters": [] }',
      { preset: '@throughline/jest', reporters: ['@throughline/jest/reporter'] },
    ],
  ])('%j', (text, expected) => {
    expect(JSON.parse(json(text).text)).toEqual(expected);
  });

  test('of a package, with a configuration and without', () => {
    expect(manifest('{\n  "name": "x",\n  "jest": { "bail": 1 }\n}\n').text).toBe(
      '{\n  "name": "x",\n  "jest": { "preset": "@throughline/jest", "bail": 1 }\n}\n',
    );
    expect(manifest('{\n\t"name": "x"\n}\n').text).toBe(
      '{\n\t"name": "x",\n\t"jest": {\n\t\t"preset": "@throughline/jest"\n\t}\n}\n',
    );
  });
});

test.each<[string, object]>([
  ['another preset', { preset: 'ts-jest' }],
  ['another compiler', { transform: { '\\.ts$': ['@swc/jest', { jsc: {} }] } }],
  ['projects', { projects: ['packages/*'] }],
])('JSON that is not enough becomes a program: %s', (_what, config) => {
  const inFile = json(JSON.stringify(config));
  const inManifest = manifest(JSON.stringify({ name: 'x', jest: config }));

  expect(inFile.text).toBe('');
  expect(JSON.parse(inManifest.text)).toEqual({ name: 'x' });
  for (const { moved } of [inFile, inManifest]) {
    expect(moved!.name).toBe('jest.config.cjs');
    const given: unknown[] = [];
    const module = { exports: {} };
    const load = () => ({ withThroughline: (one: unknown) => given.push(one) });
    new Function('module', 'require', moved!.text)(module, load);
    expect(given).toEqual([config]);
  }
});

test('a configuration in another file, which the key "jest" names, is left to its owner', () => {
  const text = '{ "jest": "config/jest.json" }\n';

  expect(manifest(text)).toMatchObject({
    text,
    byHand: { why: expect.stringContaining('another file') },
  });
});

test('a change is shown with the lines around it', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f'].join('\n');
  const after = ['a', 'b', 'c', 'x', 'e', 'f'].join('\n');
  const lines = patch('file', before, after).split('\n');

  expect(lines.slice(0, 2)).toEqual(['--- file', '+++ file']);
  expect(lines.slice(3)).toEqual(expect.arrayContaining([' b', ' c', '-d', '+x', ' e', ' f']));
});
