import { transformSync } from '@babel/core';
import { evaluate } from '../harness/instrument';
import throughline from '../../babel-plugin/src/index';

const commonjs = require('@babel/plugin-transform-modules-commonjs') as object;
const lowering = require('@babel/plugin-transform-async-to-generator') as object;
const typescript = require('@babel/preset-typescript') as object;

interface Setup {
  plugins?: object[];
  presets?: object[];
  filename?: string;
}

function transform(
  code: string,
  { plugins = [], presets = [], filename = '/app/a.js' }: Setup,
): string {
  return transformSync(code, {
    ...{ configFile: false, babelrc: false, filename },
    plugins: [[throughline, { causes: false }], ...plugins],
    presets,
  })!.code!;
}

const typed = { presets: [typescript], filename: '/app/a.ts' };

describe('with preset-typescript', () => {
  test('imports that are only types are still left out', () => {
    const output = transform(
      `
        import { Cart } from './cart.js';
        import type { Price } from './price.js';
        import { load, type Item } from './load.js';
        export async function total(cart: Cart): Promise<Price> {
          const items: Item[] = await load(cart);
          setTimeout((): Cart => cart, 10);
          return sum(items) as Price;
        }
      `,
      typed,
    );

    expect(output).not.toContain('./cart.js');
    expect(output).not.toContain('./price.js');
    expect(output).toMatch(/import \{ load \} from ["']\.\/load\.js["']/);
    expect(output).toContain('_suspend(');
  });

  test('imports that are values in rewritten code stay', () => {
    const output = transform(
      `
        import { a, b, c, d, e } from './values.js';
        export const f = async (x: number = a): Promise<unknown> => { await b; return c; };
        setTimeout(d as () => void);
        promise.then(e!);
      `,
      typed,
    );

    expect(output).toMatch(/import \{ a, b, c, d, e \} from/);
  });

  test('an import that is a value only in a type position goes, in an await too', () => {
    const output = transform(
      `
        import { Shape } from './shape.js';
        export const f = async () => (await load()) as Shape;
        export class A { async g(this: Shape, x: Shape): Promise<Shape> { return await x; } }
      `,
      typed,
    );

    expect(output).not.toContain('shape.js');
    expect(output).not.toContain('this: ');
  });

  test('enums, namespaces, overloads and parameter properties work', async () => {
    const code = transform(
      `
        import { getLocal, register, setLocal } from '@throughline/runtime';
        const user = register<string>('nobody');
        enum Size { Small = 1, Large }
        namespace Shop {
          export async function open(size: Size): Promise<string> {
            await null;
            return Size[size] + ' ' + getLocal(user);
          }
        }
        async function twice(n: number): Promise<number>;
        async function twice(n: string): Promise<string>;
        async function twice(n: any): Promise<any> { await null; return n + n; }
        abstract class Base { abstract load(): Promise<string>; }
        class Cart extends Base {
          constructor(private readonly size: Size) { super(); }
          async load(this: Cart): Promise<string> { return await Shop.open(this.size); }
          async?: boolean;
          private total = async <T,>(x: T, y?: T): Promise<T> => { await null; return x; };
          sum(): Promise<number> { return this.total<number>(1); }
        }
        export default async function () {
          setLocal(user, 'ada');
          const cart = new Cart(Size.Large);
          const all = [cart.load(), twice(2), cart.sum(), Shop.open(Size.Small)] as const;
          setLocal(user, 'grace');
          return Promise.all(all);
        }
        export const name: string = Shop.open.constructor.name;
      `,
      { ...typed, plugins: [commonjs] },
    );
    const { default: main, name } = evaluate(code) as {
      default: () => Promise<unknown>;
      name: string;
    };

    expect(await main()).toEqual(['Large ada', 4, 1, 'Small ada']);
    expect(name).toBe('AsyncFunction');
  });

  test('a this parameter is a type, also where other parameters have defaults', async () => {
    const code = transform(
      `
        export async function f(this: { n: number }, a: number, b = 1) { await null; return [this.n, a, b]; }
        export async function g(this: { n: number }, a: number) { await null; return [this.n, a]; }
      `,
      { ...typed, plugins: [commonjs] },
    );
    const { f, g } = evaluate(code) as Record<string, (a: number) => Promise<unknown>>;

    expect(await f!.call({ n: 5 }, 2)).toEqual([5, 2, 1]);
    expect(await g!.call({ n: 5 }, 2)).toEqual([5, 2]);
    expect([f!.length, g!.length]).toEqual([1, 1]);
  });

  test('names are given through type assertions', () => {
    const { f, g, h } = evaluate(
      transform(
        `
          export const f = (async () => {}) as () => Promise<void>;
          export const g = (async () => {}) satisfies () => Promise<void>;
          export const h = (async function () {})!;
        `,
        { ...typed, plugins: [commonjs] },
      ),
    ) as Record<string, () => Promise<void>>;

    expect([f!.name, g!.name, h!.name]).toEqual(['f', 'g', 'h']);
  });

  test('a spawn point behind a type assertion is one', () => {
    const output = transform(
      `
        (setTimeout as Function)(tick, 10);
        setTimeout!(tick, 10);
        (window as any).setTimeout(tick, 10);
        (globalThis as any).queueMicrotask(tick);
      `,
      typed,
    );

    expect(output.match(/_spawn\(tick\)/g)).toHaveLength(4);
  });
});

const program = `
  import { getLocal, register, setLocal } from '@throughline/runtime';
  const user = register('nobody');
  const seen = register([], { join: (mine, theirs) => [...new Set([...mine, ...theirs])] });
  const note = async (name) => { await null; setLocal(seen, [...getLocal(seen), name]); };
  export class Cart {
    #price = 2;
    async total({ count = 3 } = {}) {
      try { await Promise.reject(new Error('boom')); } catch { await null; }
      return [count * this.#price, arguments.length, getLocal(user)];
    }
    async #hidden() { await null; return super.toString === this.toString; }
    hidden() { return this.#hidden(); }
  }
  export async function declared(a) { await a; return [this, getLocal(user)]; }
  export default async function () {
    const cart = new Cart();
    setLocal(user, 'ada');
    const all = [
      cart.total(), cart.hidden(), declared.call(5, 1),
      (async function self(n) { await n; return n ? self(n - 1) : getLocal(user); })(2),
      new Promise((resolve) => setTimeout(async () => { await 0; resolve(getLocal(user)); }, 0)),
    ];
    setLocal(user, 'grace');
    const values = await Promise.all(all);
    await note('a');
    await Promise.all([note('b'), note('c')]);
    return { values, user: getLocal(user), seen: getLocal(seen) };
  }
`;
const expected = {
  values: [[6, 0, 'ada'], true, [5, 'ada'], 'ada', 'ada'],
  user: 'grace',
  seen: ['a', 'b', 'c'],
};

describe.each([
  ['modules-commonjs', [commonjs]],
  ['modules-commonjs and async functions lowered', [commonjs, lowering]],
  ['async functions lowered and modules-commonjs', [lowering, commonjs]],
])('with %s', (_, plugins) => {
  const code = transform(program, { plugins });

  test('the result runs and carries slots', async () => {
    const { default: main } = evaluate(code) as { default: () => Promise<unknown> };

    expect(await main()).toEqual(expected);
  });

  test('an async function is still one to whoever asks', () => {
    const { declared, Cart } = evaluate(code) as {
      declared: object;
      Cart: { prototype: { total: object } };
    };

    expect(declared.constructor.name).toBe('AsyncFunction');
    expect(Cart.prototype.total.constructor.name).toBe('AsyncFunction');
  });

  test('a plugin that is listed first changes nothing', () => {
    const other = transformSync(program, {
      ...{ configFile: false, babelrc: false, filename: '/app/a.js' },
      plugins: [...plugins, [throughline, { causes: false }]],
    })!.code!;

    expect((other.match(/suspend/g) ?? []).length).toBe((code.match(/suspend/g) ?? []).length);
  });
});

test('lowered async functions are gone', () => {
  const output = transform(program, { plugins: [commonjs, lowering] });

  expect(output).toContain('_asyncToGenerator');
  expect(output).not.toMatch(/\basync (function|\(|_strand)/);
});

test('with modules-commonjs, exports and live bindings stay', () => {
  const output = transform(
    `
      import { value } from './value.js';
      export let count = 0;
      export async function load() { count++; await value; return value; }
      export default async () => { await load(); };
    `,
    { plugins: [commonjs] },
  );

  expect(output).toContain('exports.load = load');
  expect(output).toContain('_count = count++, exports.count = count');
  expect(output).toContain('_value.value');
});

test('nodes are fit for a plugin that visits them after', () => {
  const visited: string[] = [];
  const counter = {
    visitor: {
      AwaitExpression: () => void visited.push('await'),
      Identifier(path: { node: { name: string }; scope: { hasBinding(name: string): boolean } }) {
        if (path.node.name === '_strand' && !path.scope.hasBinding('_strand'))
          visited.push('unbound');
      },
    },
  };
  transform('export const f = async (a) => { await a; for await (const b of a) await b; };', {
    plugins: [counter],
  });

  expect(visited).toEqual(['await', 'await']);
});

describe('with Flow', () => {
  const read = (code: string): string =>
    transformSync(code, {
      ...{ configFile: false, babelrc: false, filename: '/app/a.js', sourceType: 'module' },
      parserOpts: { plugins: ['flow'] },
      plugins: [[throughline, { causes: false }]],
    })!.code!;

  test('the pragma stays in front, so that what is built can be parsed once more', () => {
    const output = read(
      `/** A loader. */\n/** @flow strict */\n/** Its name. */\nconst a = new Loader<number>(async () => 1);`,
    );

    expect(output).toMatch(/^\/\*\* A loader. \*\/\n\/\*\* @flow strict \*\/\nimport /);
    expect(output).toMatch(/\/\*\* Its name. \*\/\nconst a/);
    expect(() => read(output)).not.toThrow();
  });

  test('a comment further down that speaks of it does not move', () => {
    const output = read(`const a = async () => 1;\n// not @flow\na();`);

    expect(output).toMatch(/^import /);
    expect(output).toMatch(/\/\/ not @flow\na\(\);$/);
  });
});

describe('comments that choose how JSX is compiled', () => {
  const built = (code: string): string =>
    transformSync(code, {
      ...{ configFile: false, babelrc: false, filename: '/app/a.jsx', sourceType: 'module' },
      parserOpts: { plugins: ['jsx'] },
      plugins: [[throughline, { causes: false }]],
    })!.code!;

  test.each([
    ['/** @jsxImportSource preact */', ''],
    ['/** @jsxRuntime classic */\n/** @jsx h */', '\n/** Adds. */'],
    ['/*! A license. */\n/** @jsxRuntime classic */\n/** @jsx h */\n/** @jsxFrag F */', ''],
    ['/** Flow, too.\n * @flow */\n/* @jsx h */', ''],
  ])('%s stays in front', (pragmas, more) => {
    const output = built(`${pragmas}${more}\nimport h from 'h';\nconst a = async () => <a />;`);

    expect(output.startsWith(`${pragmas}\nimport {`)).toBe(true);
    expect(output).toContain(`${more.trimStart()}\nimport h from 'h';`.trimStart());
  });
});

describe('with babel-plugin-istanbul, which Jest adds last', () => {
  const istanbul = require.resolve('babel-plugin-istanbul');
  /** What is counted: functions and statements with their places. */
  function counted(code: string, plugins: unknown[]): unknown {
    let counts: unknown;
    const onCover = (
      _file: string,
      { fnMap, statementMap, branchMap }: Record<string, object>,
    ): void => void (counts = { fnMap, statementMap, branchMap });
    transformSync(code, {
      ...{ configFile: false, babelrc: false, filename: '/app/a.js', cwd: '/app' },
      plugins: [...plugins, [istanbul, { onCover, cwd: '/app' }]] as object[],
    });
    return counts;
  }

  test.each([
    'export const load = async (token) => { const r = await token; return r; };',
    'export async function never() {}',
    "class Repo { async get(id = 'none') { try { return await id; } finally { this.last = id; } } }",
    'export const o = { /* istanbul ignore next */ async method() { await 1; } };',
    'export const arrow = /* istanbul ignore next */ async () => { await 1; };',
    'promise.then(() => (a ? b : c())).catch(/* istanbul ignore next */ () => {});',
    'setTimeout(async () => { for await (const one of all) use(one); }, 10);',
  ])('the same is counted as without this plugin: %s', (code) => {
    const counts = counted(code, []);
    expect(counts).toHaveProperty('fnMap');
    for (const causes of [false, true]) {
      expect(counted(code, [[throughline, { causes }]])).toEqual(counts);
    }
  });
});
