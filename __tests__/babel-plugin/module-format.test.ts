import { transformSync } from '@babel/core';
import type { TransformOptions } from '@babel/core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import throughline from '../../babel-plugin/src/index';

const work = 'setTimeout(tick, 10);';
const toCommonjs = require('@babel/plugin-transform-modules-commonjs') as object;
const typescript = require('@babel/preset-typescript') as object;

/** Packages that say what they are. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-format-'));
  for (const type of ['module', 'commonjs', 'unsaid']) {
    mkdirSync(join(folder, type, 'src'), { recursive: true });
    const manifest = type === 'unsaid' ? {} : { type };
    writeFileSync(join(folder, type, 'package.json'), JSON.stringify(manifest));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Setup extends TransformOptions {
  file?: string;
}

function instrument(code: string, { file = 'unsaid/src/a.js', ...options }: Setup = {}): string {
  return transformSync(code, {
    ...{ configFile: false, babelrc: false, filename: join(folder, file) },
    plugins: [throughline],
    ...options,
  })!.code!;
}

/** How a file gets at the runtime. */
function format(code: string, setup?: Setup): string {
  const output = instrument(code, setup);
  const found = [
    ['imports', /^import \{.*\} from "@throughline\/runtime\/compiled/m],
    ['requires', /\brequire\("@throughline\/runtime\/compiled/],
  ] as const;
  return found.flatMap(([name, sign]) => (sign.test(output) ? [name] : [])).join(' and ');
}

const bundler = { name: 'bundler', supportsStaticESM: true };
const plain = { name: 'command line' };

describe('a file without import and export, that Babel takes for a module', () => {
  test.each([
    ['requires', `const a = require('a'); ${work}`],
    ['requires', `exports.a = 1; ${work}`],
    ['requires', `module.exports = { a: 1 }; ${work}`],
    ['requires', `if (typeof module === 'object') module.exports = 1; ${work}`],
    ['imports', work],
    ['imports', `const has = typeof require === 'function'; ${work}`],
    ['imports', `// require('a')\n${work}`],
    ['imports', `function f(require, module) { require('a'); module.exports = 1; } ${work}`],
    ['imports', `const a = { require: 1, exports: 2 }; a.module; ${work}`],
  ])('%s: %s', (expected, code) => {
    expect(format(code)).toBe(expected);
    expect(format(code, { caller: bundler })).toBe(expected);
  });

  test('requires where the tool says that it does not read modules', () => {
    expect(format(work, { caller: plain })).toBe('requires');
    expect(format(work, { caller: { ...plain, supportsStaticESM: false } })).toBe('requires');
  });

  test.each(['module/src/a.js', 'module/src/a.ts', 'unsaid/a.mjs', 'commonjs/a.mts'])(
    'imports where its name or its package says module: %s',
    (file) => {
      const code = `const a = typeof require === 'function' ? require('a') : 1; ${work}`;

      expect(format(code, { file })).toBe('imports');
      expect(format(code, { file, caller: plain })).toBe('imports');
      expect(format(work, { file, sourceType: 'unambiguous' })).toBe('imports');
    },
  );

  test.each(['commonjs/src/a.js', 'module/a.cjs'])('requires as a script: %s', (file) => {
    expect(format(work, { file, sourceType: 'unambiguous', caller: bundler })).toBe('requires');
  });

  test('requires where somebody said that it is a script', () => {
    const file = 'module/src/a.js';

    expect(format(work, { file, sourceType: 'script', caller: bundler })).toBe('requires');
  });
});

test.each([
  `import a from 'a'; require(a); ${work}`,
  `export {}; module.exports = 1; ${work}`,
  `export default 1; exports.a = 1; ${work}`,
  `export * from 'a'; require('a'); ${work}`,
  `const a = import.meta.url; require(a); ${work}`,
  `await null; require('a'); ${work}`,
])('a file with syntax that only a module has imports, whoever asks: %s', (code) => {
  expect(format(code)).toBe('imports');
  expect(format(code, { caller: plain })).toBe('imports');
});

test('types are no sign of a module', () => {
  const code = `import type { A } from 'a'; const b = require('b'); export type C = A; ${work}`;

  const presets = [typescript];
  expect(format(code, { file: 'unsaid/src/a.ts', presets })).toBe('requires');
  expect(format(`import { d } from 'd'; d(); ${code}`, { file: 'unsaid/a.ts', presets })).toBe(
    'imports',
  );
});

test('what turns modules into CommonJS sees the import of a script that is a module', () => {
  const setup = { file: 'module/src/a.js', sourceType: 'unambiguous' } as const;

  expect(format(work, { ...setup, plugins: [throughline, toCommonjs] })).toBe('requires');
});

test('running twice changes nothing', () => {
  const once = instrument(`const a = require('a'); ${work}`);

  expect(instrument(once)).toBe(once);
});

test('running twice changes nothing where a bundler has renamed the runtime', () => {
  const once = instrument(`const a = require('a'); ${work}`);
  const chunk = once.replace(/require\("@throughline[^"]*"\)/, 'require("./chunk-1a2b.js")');

  expect(chunk).not.toBe(once);
  expect(instrument(chunk)).toBe(chunk);
});

test.each([
  ['names the state of the runtime', `const key = Symbol.for('throughline.runtime');`],
  ['has a list that looks like a row of a table', `const plan = ['10:30 timer of the oven'];`],
])('code that %s is instrumented', (_title, code) => {
  expect(instrument(`${code} ${work}`)).toContain('@throughline/runtime/compiled');
});
