import { evaluate, instrument, run } from '../harness/instrument';

type AsyncFunction = ((...args: unknown[]) => Promise<unknown>) & { readonly prototype?: unknown };

/** The value of a module's `f`, which may be written on any number of lines before. */
const f = (code: string): AsyncFunction => run(code)['f'] as AsyncFunction;

/** Every form an async function comes in; each awaits, and each again without awaiting. */
const forms: Record<string, { code: string; name: string; length: number }> = {
  declaration: { code: 'export async function f(a, b) { BODY }', name: 'f', length: 2 },
  'default export': {
    code: 'export default async function f(a) { BODY } export { f };',
    name: 'f',
    length: 1,
  },
  'declaration in a block': {
    code: 'export let f; { f = inner; async function inner(a) { BODY } }',
    name: 'inner',
    length: 1,
  },
  'declaration in a case': {
    code: 'export let f; switch (1) { case 1: f = inner; async function inner(a) { BODY } }',
    name: 'inner',
    length: 1,
  },
  'declaration with the name of a parameter': {
    code: 'function outer(inner) { async function inner(a) { BODY } return inner; } export const f = outer();',
    name: 'inner',
    length: 1,
  },
  'function expression': {
    code: 'export const f = async function (a, b) { BODY };',
    name: 'f',
    length: 2,
  },
  'named function expression': {
    code: 'export const f = async function load(a) { BODY };',
    name: 'load',
    length: 1,
  },
  'function expression that refers to itself': {
    code: 'export const f = async function load(a) { load; BODY };',
    name: 'load',
    length: 1,
  },
  'function expression that assigns to itself': {
    code: 'export const f = async function load(a) { try { load = 1; } catch {} BODY };',
    name: 'load',
    length: 1,
  },
  arrow: { code: 'export const f = async (a, b, c) => { BODY };', name: 'f', length: 3 },
  'arrow with an expression': {
    code: 'export const f = async (a) => (await a, 1);',
    name: 'f',
    length: 1,
  },
  method: { code: 'export const { f } = { async f(a) { BODY } };', name: 'f', length: 1 },
  'computed method': {
    code: 'const key = Symbol("sign"); export const f = { async [key](a) { BODY } }[key];',
    name: '[sign]',
    length: 1,
  },
  'method with a string for a key': {
    code: 'export const f = { async "a b"(a) { BODY } }["a b"];',
    name: 'a b',
    length: 1,
  },
  'method with a number for a key': {
    code: 'export const f = { async 0x10(a) { BODY } }[16];',
    name: '16',
    length: 1,
  },
  'method named __proto__': {
    code: 'export const f = Object.getOwnPropertyDescriptor({ async __proto__(a) { BODY } }, "__proto__").value;',
    name: '__proto__',
    length: 1,
  },
  'class method': {
    code: 'class A { async f(a) { BODY } } export const f = A.prototype.f;',
    name: 'f',
    length: 1,
  },
  'static method': {
    code: 'class A { static async f(a) { BODY } } export const f = A.f;',
    name: 'f',
    length: 1,
  },
  'computed class method': {
    code: 'class A { async ["f" + 1](a) { BODY } } export const f = A.prototype.f1;',
    name: 'f1',
    length: 1,
  },
  'private method': {
    code: 'class A { async #f(a) { BODY } get() { return this.#f; } } export const f = new A().get();',
    name: '#f',
    length: 1,
  },
  'private static method': {
    code: 'class A { static async #f(a) { BODY } static get() { return this.#f; } } export const f = A.get();',
    name: '#f',
    length: 1,
  },
  'class field': {
    code: 'class A { f = async (a) => { BODY }; } export const { f } = new A();',
    name: 'f',
    length: 1,
  },
  'private class field': {
    code: 'class A { #f = async (a) => { BODY }; get() { return this.#f; } } export const f = new A().get();',
    name: '#f',
    length: 1,
  },
  'a default': {
    code: 'export const f = async (a, b = 1, c) => { BODY };',
    name: 'f',
    length: 1,
  },
  'a rest': {
    code: 'export async function f(a, ...rest) { BODY }',
    name: 'f',
    length: 1,
  },
  'a pattern': {
    code: 'export const f = async function ({ a }, [b], c) { BODY };',
    name: 'f',
    length: 3,
  },
};
const cases = Object.entries(forms).flatMap(([title, { code, ...rest }]) =>
  [
    ['with an await', 'await a; return 1;'],
    ['without an await', 'return 1;'],
  ].map(([how, body]) => ({
    title: `${title}, ${how}`,
    code: code.replace('BODY', body!),
    ...rest,
  })),
);

describe.each(cases)('$title', ({ code, name, length }) => {
  test('the name stays', () => {
    expect(f(code).name).toBe(name);
  });

  test('the length stays', () => {
    expect(f(code).length).toBe(length);
  });

  // A private method of instances can be reached through an instance only: nothing can mark it.
  const isMarked = !/^class A \{ async #/.test(code);
  test(isMarked ? 'it is an AsyncFunction to whoever asks' : 'it stays unmarked', () => {
    const fn = f(code);
    if (!isMarked) return expect(fn.constructor.name).toBe('Function');

    expect(fn.constructor.name).toBe('AsyncFunction');
    expect(fn[Symbol.toStringTag as never]).toBe('AsyncFunction');
    expect(Object.prototype.toString.call(fn)).toBe('[object AsyncFunction]');
    expect(fn instanceof Function).toBe(true);
  });

  test('it cannot be constructed', () => {
    const fn = f(code);

    expect(() => new (fn as never as new () => unknown)()).toThrow(/is not a constructor/);
    // A declaration stays one, and so keeps a `prototype`; there is nothing on it.
    expect(Object.keys((fn.prototype as object | undefined) ?? {})).toEqual([]);
  });

  test('it has the own properties of a function and no others that can be listed', () => {
    expect(Object.keys(f(code))).toEqual([]);
  });

  test('it gives a native promise', () => {
    const promise = f(code)({ a: 1 }, [2]);

    expect(Object.getPrototypeOf(promise)).toBe(Promise.prototype);
    // Node adds two of its own while somebody watches async hooks.
    expect(Reflect.ownKeys(promise)).toEqual(Reflect.ownKeys((async () => {})()));
  });
});

describe('a function takes its name from where it stands', () => {
  test.each([
    ['const', 'const f = FN; export { f };', 'f'],
    ['const _', 'const _ = FN; export { _ as f };', '_'],
    ['const __proto__', 'const __proto__ = FN; export { __proto__ as f };', '__proto__'],
    ['let, assigned later', 'export let f; f = FN;', 'f'],
    ['a logical assignment', 'export let f; f ??= FN;', 'f'],
    ['parentheses', 'export const f = (FN);', 'f'],
    ['a property', 'export const f = { load: FN }.load;', 'load'],
    ['a property with a string key', 'export const f = { "a-b": FN }["a-b"];', 'a-b'],
    ['a property named default', 'export const f = { default: FN }.default;', 'default'],
    [
      'a property named __proto__',
      'export const f = Object.getPrototypeOf({ __proto__: FN });',
      '',
    ],
    [
      'a computed property named __proto__',
      'export const f = Object.getOwnPropertyDescriptor({ ["__proto__"]: FN }, "__proto__").value;',
      '__proto__',
    ],
    [
      'a computed property',
      'const key = "lo" + "ad"; export const f = { [key]: FN }.load;',
      'load',
    ],
    ['a symbol', 'const key = Symbol("sign"); export const f = { [key]: FN }[key];', '[sign]'],
    ['a default in a pattern', 'export const { f = FN } = {};', 'f'],
    ['a renamed default in a pattern', 'export const { g: f = FN } = {};', 'f'],
    ['a default in a list', 'export const [f = FN] = [];', 'f'],
    ['a parameter default', 'export const f = ((load = FN) => load)();', 'load'],
    ['a class field', 'class A { load = FN; } export const f = new A().load;', 'load'],
    ['a static class field', 'class A { static load = FN; } export const f = A.load;', 'load'],
    ['a default export', 'export default FN;', 'default'],
    ['an argument', 'const same = (x) => x; export const f = same(FN);', ''],
    ['a list', 'export const [f] = [FN];', ''],
    ['a member', 'const o = {}; o.f = FN; export const { f } = o;', ''],
    ['a condition', 'export const f = true ? FN : 0;', ''],
    ['a sequence', 'export const f = (0, FN);', ''],
    ['a name in parentheses', 'export let f; (f) = FN;', ''],
  ])('%s', (_, code, name) => {
    for (const fn of [
      'async () => {}',
      'async () => { await 0; }',
      'async function () {}',
      'async function () { await 0; }',
    ]) {
      const exports = run(code.replace('FN', fn));

      expect([fn, ((exports['f'] ?? exports['default']) as AsyncFunction).name]).toEqual([
        fn,
        name,
      ]);
    }
  });

  test.each(['async function () {}', 'async function () { await 0; }'])(
    'export default %s',
    (code) => {
      expect((run(`export default ${code}`)['default'] as AsyncFunction).name).toBe('default');
    },
  );

  test('an inner function carries the name, for stack traces', async () => {
    const fn = f('export const f = async () => { await 0; throw new Error("boom"); };');

    await expect(fn()).rejects.toMatchObject({ stack: expect.stringMatching(/at (async )?f \(/) });
  });
});

test('functions have the names of computed fields, where the code shows a constant', () => {
  const { names } = run(`
    const key = 'load', symbol = Symbol('save');
    class Shop {
      [key] = async () => {};
      ['buy'] = async function () {};
      [symbol] = async () => {};
      [Symbol.iterator] = async () => {};
      static [key] = async () => {};
      static 5 = async () => {};
    }
    const shop = new Shop();
    export const names = [shop.load, shop.buy, shop[symbol], shop[Symbol.iterator], Shop.load, Shop[5]].map(({ name }) => name);
  `);

  expect(names).toEqual(['load', 'buy', '[save]', '[Symbol.iterator]', 'load', '5']);
});

test('a comment before a function stays before it', () => {
  const code = instrument('export const load = /* kept */ async () => { await 1; };');

  expect(code).toMatch(/= \/\* kept \*\/\s*\/\* @__PURE__ \*\/\s*_asyncMember\(/);
});

describe('the text keeps the names of the parameters', () => {
  // How async.autoInject, and dependency injectors like it, find out what a function wants.
  const FN_ARGS = /^(?:async\s)?(?:function)?\s*(?:\w+\s*)?\(([^)]+)\)(?:\s*{)/;
  const ARROW_FN_ARGS = /^(?:async\s)?\s*(?:\(\s*)?((?:[^)=\s]\s*)*)(?:\)\s*)?(?:=>\s*)/;
  const parameters = (fn: unknown): string[] | undefined => {
    const match = FN_ARGS.exec(String(fn)) ?? ARROW_FN_ARGS.exec(String(fn));
    return match?.[1]!.split(',').map((name) => name.trim());
  };

  test.each([
    'export async function f(cart, prices) { await cart; }',
    'export const f = async function (cart, prices) { await cart; };',
    'export const f = async function load(cart, prices) { await cart; };',
    'export const f = async function load(cart, prices) { await load; };',
    'export const f = async (cart, prices) => { await cart; };',
    'export const f = async (cart, prices) => cart;',
    'export const { f } = { async f(cart, prices) { await cart; } };',
    'export const { f } = { f: async (cart, prices) => { await cart; } };',
    'class A { async f(cart, prices) { await cart; } } export const { f } = A.prototype;',
    'export const [f] = [async (cart, prices) => { await cart; }];',
    'export const [f] = [async function (cart, prices) { await cart; }];',
  ])('%s', (code) => {
    expect(parameters(f(code))).toEqual(['cart', 'prices']);
  });
});

describe('what marks methods as async marks nothing else', () => {
  test('an object literal may spread another function over an async method', () => {
    const { o } = run(
      'function plain() {} export const o = { async load() {}, ...{ load: plain } };',
    ) as { o: { load: () => void } };

    expect(o.load.constructor.name).toBe('Function');
    expect(o.load.prototype).toBeDefined();
  });

  test('an object literal may spread a class over an async method', () => {
    const { o } = run('class A {} export const o = { async load() {}, ...{ load: A } };') as {
      o: { load: new () => object };
    };

    expect(new o.load()).toBeInstanceOf(o.load);
  });

  test('a later member of the same name is not marked', () => {
    const { o, C } = run(`
      export const o = { async load() {}, load() {} };
      export class C { async load() {} load() {} }
    `) as { o: { load: () => void }; C: new () => { load: () => void } };

    expect(o.load.constructor.name).toBe('Function');
    expect(new C().load.constructor.name).toBe('Function');
  });

  test('computed keys of a literal that is evaluated again while it is evaluated', () => {
    const { o } = run(`
      const make = (n) => ({ async ["load" + n]() {}, child: n > 0 ? make(n - 1) : null });
      export const o = make(1);
    `) as { o: { load1: () => void; child: { load0: () => void } } };

    expect(o.child.load0.constructor.name).toBe('AsyncFunction');
    expect(o.load1.constructor.name).toBe('AsyncFunction');
  });

  test('a computed key is turned into a key once', () => {
    const { turned } = run(`
      export const turned = [];
      const key = (name) => ({ toString() { turned.push(name); return name; } });
      class C { async [key("a")]() {} [key("b")]() {} static async [key("c")]() {} }
      ({ async [key("d")]() {}, [key("e")]: 1 });
    `);

    expect(turned).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

test('an async generator stays native', () => {
  const fn = f('export async function* f(a) { yield await a; }');

  expect(fn.constructor.name).toBe('AsyncGeneratorFunction');
  expect(fn.name).toBe('f');
  expect(fn.length).toBe(1);
});

test('a declaration that is called before its place has its shape already', () => {
  expect(run('export const name = f.constructor.name; async function f() {}')['name']).toBe(
    'AsyncFunction',
  );
});

test('new on a declaration throws the TypeError of the language, whatever the module calls TypeError', () => {
  const { f: fn } = run('class TypeError {} export async function f() {} TypeError;') as {
    f: new () => unknown;
  };

  expect(() => new fn()).toThrow(TypeError);
});

describe('sloppy code stays sloppy', () => {
  const result = (code: string): unknown => {
    const script = `exports.value = (function () { ${code} })();`;
    return evaluate(instrument(script, {}, { script: true }))['value'];
  };

  test('two parameters may have one name', async () => {
    expect(await result('return (async function (a, a) { await null; return a; })(1, 2);')).toBe(2);
    expect(await result('async function f(a, a) { await null; return a; } return f(1, 2);')).toBe(
      2,
    );
  });

  test.each(['async function f() { await null; }', 'async function f() {}'])(
    'an async function has no arguments and caller of its own: %s',
    (declared) => {
      const at = (code: string): unknown =>
        evaluate(instrument(code, {}, { script: true }))['value'];
      const names = 'Object.getOwnPropertyNames(f)';

      expect(at(`${declared} exports.value = ${names};`)).toEqual(['length', 'name']);
      expect(result(`${declared} return ${names};`)).toEqual(['length', 'name']);
    },
  );

  test('a declaration can be called before its place, and another one of its name replaces it', () => {
    expect(
      result('const early = f(); async function f() {} return early instanceof Promise;'),
    ).toBe(true);
    expect(result('return f(); async function f() {} function f() { return 1; }')).toBe(1);
    expect(result('f = 1; return f; async function f() {}')).toBe(1);
  });

  test('arguments and parameters are one', async () => {
    const body = "arguments[0] = 'changed'; await null; return a;";

    expect(await result(`return (async function (a) { ${body} })('given');`)).toBe('changed');
    expect(await result(`async function f(a) { ${body} } return f('given');`)).toBe('changed');
    expect(await result(`return { async f(a) { ${body} } }.f('given');`)).toBe('changed');
  });

  test('this is the global object', async () => {
    expect(await result('return (async function () { await null; return this; })();')).toBe(
      globalThis,
    );
  });

  test('an assignment of a function expression to its own name is ignored', async () => {
    const code = 'return (async function f() { await null; f = 1; return typeof f; })();';

    expect(await result(code)).toBe('function');
  });

  test('an async function in a block stays in its block', async () => {
    expect(await result('{ async function f() {} } return typeof f;')).toBe('undefined');
  });

  test('eval in an async function declares in it', async () => {
    expect(
      await result("return (async function () { await null; eval('var x = 1'); return x; })();"),
    ).toBe(1);
  });
});
