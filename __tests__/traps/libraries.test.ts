import { getLocal, register, setLocal } from '../../runtime/src/index';
import { bothWays } from '../harness/both-ways';
import { evaluate } from '../harness/instrument';

// Libraries that look at a function before they call it. None of them is installed here: each stand-in
// does what the named library does, line by line, and is not compiled.

type Fn = (...args: never[]) => unknown;

/** What a module exports, uncompiled and compiled. */
function both(
  code: string,
  given: Record<string, unknown> = {},
): { plain: Record<string, unknown>; compiled: Record<string, unknown> } {
  const { plain, compiled } = bothWays(code);
  return { plain: evaluate(plain, given), compiled: evaluate(compiled, given) };
}

/** Every way to write an async function of `cart` and `prices`. */
const forms: Record<string, string> = {
  declaration: 'export async function f(cart, prices) { await cart; return [cart, prices]; }',
  'declaration without an await':
    'export async function f(cart, prices) { return [cart, prices]; }',
  'default export':
    'export default async function load(cart, prices) { await 0; return [cart, prices]; }',
  'function expression':
    'export const f = async function (cart, prices) { await 0; return [cart, prices]; };',
  'function expression without an await':
    'export const f = async function (cart, prices) { return [cart, prices]; };',
  'named function expression':
    'export const f = async function load(cart, prices) { await 0; return [cart, prices]; };',
  'named function expression that calls itself':
    'export const f = async function load(cart, prices) { await 0; return load ? [cart, prices] : 0; };',
  'anonymous function expression':
    'export const [f] = [async function (cart, prices) { await 0; return [cart, prices]; }];',
  arrow: 'export const f = async (cart, prices) => { await 0; return [cart, prices]; };',
  'arrow without an await': 'export const f = async (cart, prices) => [cart, prices];',
  'anonymous arrow':
    'export const [f] = [async (cart, prices) => { await 0; return [cart, prices]; }];',
  'arrow in a property':
    'export const { f } = { f: async (cart, prices) => { await 0; return [cart, prices]; } };',
  'arrow with comments and lines': `export const f = async (
      cart, // the cart
      /* the prices */ prices,
    ) => { await 0; return [cart, prices]; };`,
  'arrow with a default':
    'export const f = async (cart, prices = "none") => { await 0; return [cart, prices]; };',
  'function expression with a default':
    'export const f = async function (cart, prices = "none") { await 0; return [cart, prices]; };',
  'declaration with a default':
    'export async function f(cart, prices = "none") { await 0; return [cart, prices]; }',
  'declaration that repeats a parameter':
    'export async function f(cart, prices) { await 0; var cart; return [cart, prices]; }',
  'declaration that uses arguments':
    'export async function f(cart, prices) { await 0; return [...arguments]; }',
};

/** The exported function, by whichever name. */
const fnOf = (exports: Record<string, unknown>): Fn => (exports['f'] ?? exports['default']) as Fn;

/** async 3: `internal/wrapAsync.js`. */
const isAsync = (fn: Fn): boolean => (fn as never)[Symbol.toStringTag] === 'AsyncFunction';

/** async 3: `autoInject.js`. */
function asyncParameters(fn: Fn): string[] | undefined {
  const FN_ARGS = /^(?:async\s)?(?:function)?\s*(?:\w+\s*)?\(([^)]+)\)(?:\s*{)/;
  const ARROW_FN_ARGS = /^(?:async\s)?\s*(?:\(\s*)?((?:[^)=\s]\s*)*)(?:\)\s*)?(?:=>\s*)/;
  const text = withoutComments(String(fn));
  const match = FN_ARGS.exec(text) ?? ARROW_FN_ARGS.exec(text);
  return match?.[1]!
    .replaceAll(/\s/g, '')
    .split(',')
    .map((name) => name.replace(/(=.+)?(\s*)$/, '').trim());
}

/** AngularJS: `injector.js`, `annotate`. */
function angularParameters(fn: Fn): string[] {
  const ARROW_ARG = /^([^(]+?)=>/;
  const FN_ARGS = /^[^(]*\(\s*([^)]*)\)/m;
  const text = withoutComments(Function.prototype.toString.call(fn));
  const match = ARROW_ARG.exec(text) ?? FN_ARGS.exec(text);
  const names: string[] = [];
  for (const name of match![1]!.split(',')) {
    name.replace(/^\s*(_?)(\S+?)\1\s*$/, (_all, _underscore, given: string) => {
      names.push(given);
      return '';
    });
  }
  return names;
}

/** awilix: `param-parser.js`; `async`, `function` and a name may stand before the parameters. */
function awilixParameters(fn: Fn): { name: string; optional: boolean }[] {
  const tokens = withoutComments(String(fn)).match(/[\w$]+|=>|\.\.\.|[^\s\w$]/g)!;
  let at = 0;
  if (tokens[at] === 'async' && tokens[at + 1] !== '=>') at++;
  if (tokens[at] === 'function') {
    at++;
    if (tokens[at] !== '(') at++;
  }
  // At this level a name is the only parameter of an arrow.
  if (tokens[at] !== '(') return [{ name: tokens[at]!, optional: false }];
  const parameters = [];
  let parameter = { name: '', optional: false };
  for (at++; ; at++) {
    if (tokens[at] === ',' || tokens[at] === ')') {
      if (parameter.name !== '') parameters.push(parameter);
      parameter = { name: '', optional: false };
      if (tokens[at] === ')') return parameters;
    } else if (tokens[at] === '=') {
      parameter.optional = true;
      while (tokens[at + 1] !== ',' && tokens[at + 1] !== ')') at++;
    } else parameter.name = tokens[at]!;
  }
}

const withoutComments = (text: string): string => text.replaceAll(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '');

describe.each(Object.entries(forms))('%s', (_, code) => {
  const { plain, compiled } = both(code);

  test('async takes it for an async function', () => {
    expect(isAsync(fnOf(compiled))).toBe(isAsync(fnOf(plain)));
  });

  // fastify: `fn.constructor.name === 'AsyncFunction' && fn.length === 3`.
  test('fastify sees the constructor and the length', () => {
    const seen = (fn: Fn): unknown => [fn.constructor.name, fn.length, fn.name];

    expect(seen(fnOf(compiled))).toEqual(seen(fnOf(plain)));
  });

  test('async.autoInject finds the names of its parameters', () => {
    // With a default it refuses the uncompiled function, too.
    if (!code.includes('= "none"'))
      expect(asyncParameters(fnOf(compiled))).toEqual(asyncParameters(fnOf(plain)));
  });

  test("AngularJS' injector finds the names of its parameters", () => {
    expect(angularParameters(fnOf(compiled))).toEqual(angularParameters(fnOf(plain)));
  });

  test('awilix finds the names of its parameters, and which may be left out', () => {
    // The text of a method, which a function expression becomes, is none that it can read.
    if (/= \[?async function/.test(code)) return;
    expect(awilixParameters(fnOf(compiled))).toEqual(awilixParameters(fnOf(plain)));
  });

  test('it does the same', async () => {
    for (const args of [[1, 2], [1], []]) {
      expect(await fnOf(compiled)(...(args as never[]))).toEqual(
        await fnOf(plain)(...(args as never[])),
      );
    }
  });
});

test('names of parameters that a minifier leaves, one and without parentheses', () => {
  const { plain, compiled } = both('export const f = async a => { await a; return a; };');

  expect(asyncParameters(fnOf(compiled))).toEqual(asyncParameters(fnOf(plain)));
  expect(awilixParameters(fnOf(compiled))).toEqual(awilixParameters(fnOf(plain)));
});

test('a function that is no longer async because it has a callback is found out all the same', async () => {
  // async 3 `asyncify`: an async function is called without a callback, and its promise is awaited.
  const asyncify =
    (fn: Fn) =>
    (...args: unknown[]): void => {
      const callback = args.pop() as (error: unknown, value?: unknown) => void;
      const result = fn(...(args as never[])) as Promise<unknown>;
      result.then(
        (value) => callback(null, value),
        (error: unknown) => callback(error),
      );
    };
  const wrapAsync = (fn: Fn): Fn => (isAsync(fn) ? (asyncify(fn) as Fn) : fn);
  const map = (list: unknown[], fn: Fn): Promise<unknown[]> =>
    Promise.all(
      list.map(
        (item) =>
          new Promise((resolve, reject) => {
            (wrapAsync(fn) as (...args: unknown[]) => void)(
              item,
              (error: unknown, value: unknown) => (error ? reject(error as Error) : resolve(value)),
            );
          }),
      ),
    );
  const { compiled } = both(`
    class Service { async load(x) { await 0; return x * 2; } static async st(x) { return x; } static async #p(x) { await 0; return -x; } static get p() { return this.#p; } }
    export const { load } = Service.prototype, { st, p } = Service;
    export const object = { async load(x) { return x; }, arrow: async (x) => { await x; return x; } };
  `);
  const { load, st, p, object } = compiled as Record<string, Fn> & { object: Record<string, Fn> };

  expect(await map([1, 2], load!)).toEqual([2, 4]);
  expect(await map([1], st!)).toEqual([1]);
  expect(await map([1], p!)).toEqual([-1]);
  expect(await map([1], object['load']!)).toEqual([1]);
  expect(await map([1], object['arrow']!)).toEqual([1]);
});

describe("ajv's asynchronous validators", () => {
  const slot = register('nobody');

  /** ajv 8: `compile/index.js` writes `async function`, and asks for keywords through `scope`. */
  const compileSchema = (keywords: readonly Fn[]): Fn => {
    const text =
      'const validate = async function validate(data) {' +
      keywords
        .map(
          (_, i) =>
            `if (!(await keywords[${i}].call(this, data))) throw new Error("keyword ${i}");`,
        )
        .join('') +
      'return data; }; return validate;';
    return new Function('keywords', text)(keywords) as Fn;
  };
  const program = `
    export async function isPositive(data) { look(); await 0; look(); return data > 0; }
    export const isSmall = async (data) => data < 10;
    export async function main(validate) {
      set('ada');
      const results = [];
      for (const data of [1, -1, 11]) {
        try { results.push(await validate(data)); } catch (error) { results.push(error.message); }
        look();
      }
      return results;
    }`;

  test('call compiled keywords, and leave the slots of whoever validates alone', async () => {
    const seen: unknown[] = [];
    const given = {
      look: () => void seen.push(getLocal(slot)),
      set: (name: string) => setLocal(slot, name),
    };
    const results = [];
    for (const exports of Object.values(both(program, given))) {
      const { isPositive, isSmall, main } = exports as Record<string, Fn>;
      seen.length = 0;
      results.push(await main!(compileSchema([isPositive!, isSmall!]) as never));
    }

    expect(results[1]).toEqual(results[0]);
    // The second keyword and those that follow are called by an async function that is not compiled.
    expect(seen).toEqual(['ada', 'ada', 'ada', 'ada', 'ada', 'ada', 'ada', 'ada', 'ada']);
  });

  test('and those that compiled code writes itself', async () => {
    const { plain, compiled } = both(`
      const AsyncFunction = (async () => {}).constructor;
      export const f = new AsyncFunction('a', 'b', 'await a; return [a, await b];');
      export const g = new Function('return async (a, b) => [await a, b]')();
      export const h = async function () {}.constructor === AsyncFunction;
      export async function main() { return [await f(1, 2), await g(1, 2), f.constructor === AsyncFunction, f instanceof AsyncFunction, (async () => {}) instanceof AsyncFunction, h]; }`);

    expect(await (compiled['main'] as Fn)()).toEqual(await (plain['main'] as Fn)());
  });
});
