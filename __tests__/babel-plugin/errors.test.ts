import type * as TypeScript from 'typescript';
import { transformSync } from '@babel/core';
import { instrument } from '../harness/instrument';
import throughline, { PluginError } from '../../babel-plugin/src/index';

const errorOf = (run: () => unknown): Error & { code?: string } => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown.');
};
const errorWith = (options: object): Error & { code?: string } =>
  errorOf(() => instrument('load();', options));

describe('an unknown option', () => {
  const error = errorWith({ runtme: 'x' });

  test('is quoted', () => {
    expect(error.message).toContain('Option "runtme" is unknown.');
  });

  test('is answered with the options there are', () => {
    expect(error.message).toContain('"runtime", "skip", "sites"');
  });

  test('has a code, at the end of the message too', () => {
    expect(error.code).toBe('TL_OPTION_UNKNOWN');
    expect(error.message).toMatch(/\. \(TL_OPTION_UNKNOWN\)(?: \(While processing: .*\))?$/);
  });

  test.each(['__proto__', 'constructor', 'toString'])('may be called %s', (name) => {
    expect(errorWith(Object.fromEntries([[name, 1]])).message).toContain(`Option "${name}"`);
  });
});

describe('an invalid option', () => {
  const kinds =
    '"async", "timer", "microtask", "promise", "listener", "callback", "observer", "stream", "worker"';
  test.each([
    [{ runtime: '' }, 'Option "runtime" must be a module name, got "".'],
    [{ runtime: 1 }, 'Option "runtime" must be a module name, got 1.'],
    [{ runtime: null }, 'Option "runtime" must be a module name, got null.'],
    [{ skip: 'timer' }, `Option "skip" must be an array containing only ${kinds}, got "timer".`],
    [
      { skip: ['timers'] },
      `Option "skip" must be an array containing only ${kinds}, got ["timers"].`,
    ],
    [{ skip: ['timer', 1] }, `got ["timer",1].`],
    [{ sites: 'yes' }, 'Option "sites" must be true or false, got "yes".'],
    [{ sites: 0 }, 'Option "sites" must be true or false, got 0.'],
    [{ sites: () => 1 }, 'Option "sites" must be true or false, got () => 1.'],
    [{ sites: Symbol('s') }, 'Option "sites" must be true or false, got Symbol(s).'],
    [{ sites: 1n }, 'Option "sites" must be true or false, got 1'],
    [
      {
        skip: new (class Odd {
          self = this;
        })(),
      },
      `Option "skip" must be an array containing only ${kinds}, got `,
    ],
  ])('%o is quoted, and what is allowed is named', (options, sentence) => {
    expect(errorWith(options).message).toContain(sentence);
  });

  test.each([{ runtime: 1 }, { skip: {} }, { sites: [] }])('%o has a code', (options) => {
    const error = errorWith(options);

    expect(error).toBeInstanceOf(PluginError);
    expect(error.code).toBe('TL_OPTION_INVALID');
    expect(error.message).toMatch(/\. \(TL_OPTION_INVALID\)(?: \(While processing: .*\))?$/);
  });

  test('undefined means the default', () => {
    expect(
      instrument('f();', { runtime: undefined, skip: undefined, sites: undefined } as object),
    ).toBe('f();\n');
  });
});

describe('an unknown directive comment', () => {
  const error = errorOf(() => instrument('first();\n\n// throughline: of\nsetTimeout(tick);\n'));

  test('is quoted, and what is allowed is named', () => {
    expect(error.message).toContain('"throughline: of"');
    expect(error.message).toContain('"off"');
    expect(error.message).toContain('"off file"');
  });

  test('has a code', () => {
    expect(error.code).toBe('TL_DIRECTIVE_UNKNOWN');
    expect(error.message).toContain('(TL_DIRECTIVE_UNKNOWN)\n');
  });

  test('names the file and shows the line', () => {
    expect(error.message).toMatch(/^\/input\.js: /);
    expect(error.message).toContain('> 3 | // throughline: of');
  });

  test.each([
    ['in a class', 'class A {\n  // throughline: on\n  async load() {}\n}'],
    ['in an object literal', 'f({\n  /* throughline: skip */ async load() {} });'],
    ['in a function', 'function f() {\n  // throughline:\n  load();\n}'],
    ['at the end of a block', 'function f() {\n  load();\n  // throughline: on\n}'],
    ['in an empty file', '// throughline: on'],
    ['before an argument', 'setTimeout(/* throughline: on */ tick);'],
  ])('%s is found', (_, code) => {
    expect(errorOf(() => instrument(code)).code).toBe('TL_DIRECTIVE_UNKNOWN');
  });
});

describe('async functions that were lowered before', () => {
  const lowered = (options: object): string =>
    transformSync('export const load = async () => { await 1; };', {
      ...{ configFile: false, babelrc: false, filename: '/input.js', ...options },
    })!.code!;
  const byBabel = lowered({ plugins: [require('@babel/plugin-transform-async-to-generator')] });

  test('by Babel are refused', () => {
    const error = errorOf(() => instrument(byBabel));

    expect(error.code).toBe('TL_ASYNC_LOWERED_FIRST');
    expect(error.message).toContain('(TL_ASYNC_LOWERED_FIRST)\n');
    expect(error.message).toContain('"_asyncToGenerator"');
    expect(error.message).toMatch(/^\/input\.js: [\s\S]*> \d+ \| /);
  });

  test('by TypeScript are refused', () => {
    const { transpile, ScriptTarget } = require('typescript') as typeof TypeScript;
    const code = transpile('export const load = async () => { await 1; };', {
      target: ScriptTarget.ES2015,
    });

    expect(errorOf(() => instrument(code)).code).toBe('TL_ASYNC_LOWERED_FIRST');
  });

  test.each([
    'tslib',
    '@swc/helpers/_/_async_to_generator',
    '@babel/runtime/helpers/asyncToGenerator',
  ])('by a helper of %s are refused', (module) => {
    const name = module === 'tslib' ? '__awaiter' : '_asyncToGenerator';
    const code = `import { ${name} } from '${module}'; export const load = ${name}();`;

    expect(errorOf(() => instrument(code)).code).toBe('TL_ASYNC_LOWERED_FIRST');
  });

  test('in the same pass are not: the plugin sees them first', () => {
    const { code } = transformSync('export const load = async () => { await 1; };', {
      ...{ configFile: false, babelrc: false, filename: '/input.js' },
      plugins: [
        require('@babel/plugin-transform-async-to-generator'),
        [throughline, { causes: false }],
      ],
    })!;

    expect(code).toContain('_suspend(');
  });

  test('a function of the user that has such a name is no lowering helper', () => {
    expect(() =>
      instrument('import { asyncToGenerator } from "./mine.js"; asyncToGenerator(async () => {});'),
    ).not.toThrow();
  });
});
