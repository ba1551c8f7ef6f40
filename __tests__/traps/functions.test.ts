import { bothWays } from '../harness/both-ways';
import { evaluate } from '../harness/instrument';

/** Runs `main` uncompiled and compiled, and hands over what each gave or threw. */
async function both(
  code: string,
  options: { script?: boolean } = {},
): Promise<{ plain: unknown; compiled: unknown }> {
  const { plain, compiled } = bothWays(code, options);
  return { plain: await outcome(plain), compiled: await outcome(compiled) };
}

async function outcome(code: string): Promise<unknown> {
  try {
    return shown(await (evaluate(code)['main'] as () => unknown)());
  } catch (error) {
    return String(error);
  }
}

/** Functions and promises count by what they are, since each run makes its own. */
function shown(value: unknown): unknown {
  if (typeof value === 'function') return `function ${value.name}`;
  if (value instanceof Promise) return 'promise';
  return Array.isArray(value) ? value.map(shown) : value;
}

async function expectSame(code: string, options?: { script: boolean }): Promise<void> {
  const { plain, compiled } = await both(code, options);

  expect(compiled).toEqual(plain);
}

const sloppily = { script: true };

describe('a var that repeats a parameter', () => {
  test.each(
    Object.entries({
      'keeps what it was given': 'async function f(a) { await 0; var a; return a; }',
      'without an await': 'async function f(a) { var a; return a; }',
      'is assigned':
        'async function f(a) { await 0; const before = a; var a = 2; await 0; return [before, a]; }',
      'with a default': 'async function f(a = 5) { await 0; var a; return a; }',
      'with a default that is closed over':
        'async function f(a, get = () => a) { await 0; var a = 2; return [a, get()]; }',
      'with a default that writes':
        'async function f(a, put = (x) => (a = x, a)) { var a; await 0; const seen = [a, put(7)]; return [...seen, a]; }',
      'in a pattern':
        'async function f({ a }, [b] = [a]) { await 0; var a, b = b + 1; return [a, b]; }',
      'in a rest': 'async function f(a, ...rest) { await 0; var rest; return rest; }',
      'in an arrow':
        'const f = async (a, get = () => a) => { await 0; var a = 3; return [a, get()]; };',
      'in a method':
        'const { f } = { async f(a, get = () => a) { var a = 3; return [a, get()]; } };',
      'in a loop of the body':
        'async function f(a) { await 0; for (var a = 0; a < 3; a++) await a; return a; }',
      'in a for of': 'async function f(a) { for (var a of [a, 2]) await a; return a; }',
      'in a for await': 'async function f(a) { for await (var a of [a, 2]); return a; }',
      'as a function': 'async function f(a) { await 0; return typeof a; function a() {} }',
      'as a function, with a default':
        'async function f(a, get = () => a) { await 0; return [typeof a, typeof get()]; function a() {} }',
      'in a generator':
        'async function* g(a, get = () => a) { await 0; var a = 3; yield [a, get()]; } const f = async (a) => (await g(a).next()).value;',
      'in a caught error':
        'async function f(a) { try { throw 1; } catch (a) { await 0; var a = 2; } return a; }',
    }),
  )('%s', async (_, f) => {
    const calls =
      "export const main = async () => [await f({ a: 1 }, ...[]), await f(Object.assign(() => {}, { a: 2 })), await f('x').catch(String)];";

    await expectSame(`${f}\n${calls.replace('f({ a: 1 }, ...[])', 'f({ a: 1 })')}`);
    await expectSame(`${f}\n${calls.replace('export const main', 'exports.main')}`, sloppily);
  });
});

describe('sloppy arguments', () => {
  test.each(
    Object.entries({
      'follow a parameter':
        'async function f(a, b) { a = 2; await 0; b = 3; return [...arguments]; }',
      'lead a parameter':
        'async function f(a, b) { arguments[0] = 2; await 0; arguments[1] = 3; return [a, b]; }',
      'do not once there is a default':
        'async function f(a, b = 1) { a = 2; arguments[1] = 3; await 0; return [...arguments, a, b]; }',
      'do not in a strict function':
        "async function f(a) { 'use strict'; a = 2; await 0; arguments[0] = 3; return [...arguments, a]; }",
      'beyond those that were given':
        'async function f(a, b, c) { c = 5; await 0; return [arguments.length, arguments[2]]; }',
      'that are shortened':
        'async function f(a) { arguments.length = 0; await 0; return [...arguments]; }',
      'of an arrow are those around it':
        'function f() { return (async (a) => { await 0; return [a, ...arguments]; })(9); }',
      'of an arrow in an async function':
        'async function f(a) { await 0; return (async () => { await 0; a = 4; return [...arguments]; })(); }',
      'name the function': 'async function f() { await 0; return arguments.callee === f; }',
      'name a method':
        'const o = { async f() { await 0; return arguments.callee === o.f; } }; const { f } = o;',
      'name a function expression':
        'const f = async function () { await 0; return arguments.callee === f; };',
      'are assigned': 'async function f(a) { arguments = [7]; await 0; return arguments[0]; }',
      'are a parameter': 'async function f(arguments) { await 0; return arguments; }',
      'are a parameter with a default':
        'async function f(a, arguments = 4) { await 0; return arguments; }',
      'are declared by a var, without an await':
        'async function f(a) { var arguments; return arguments.length; }',
      'are declared by a let':
        'async function f(a) { let arguments = 1; await 0; return arguments; }',
      'are a function':
        'async function f(a) { await 0; return typeof arguments; function arguments() {} }',
      'are in a default': 'async function f(a, b = arguments.length) { await 0; return b; }',
      'are in an eval': "async function f(a) { await 0; return eval('arguments.length'); }",
      'are declared by an eval':
        "async function f(a) { eval('var arguments = 3'); await 0; return arguments; }",
      'are iterated twice':
        'async function f(...rest) { await 0; return [[...arguments], rest, arguments.length]; }',
      'are what Object.prototype says':
        'async function f(a) { await 0; return [String(arguments), Object.keys(arguments)]; }',
      'of a function whose parameters share a name':
        'async function f(a, a) { a = 5; await 0; return [a, ...arguments]; }',
    }),
  )('%s', (_, f) =>
    expectSame(
      `${f}\nexports.main = async () => [await f(1, 2, 3), await f(), await f(undefined)];`,
      sloppily,
    ),
  );
});

describe('a class method that is taken off its prototype', () => {
  const classes = `
    class Base { async up() { await 0; return 'up'; } }
    class A extends Base {
      async m(a, b = 1) { await 0; return [this === undefined, a, b]; } static async s() { return this === undefined; }
      async through() { return [typeof this, arguments.length]; } async up() { return super.up(); } async *g() { yield this; }
      async #p() { await 0; return this === undefined; } get p() { return this.#p; } async 'quoted name'() { await 0; return 1; } async 12() {} async [Symbol.iterator]() { await 0; }
    }
    const { m, through, up } = A.prototype, { s } = A;`;
  test.each(
    Object.entries({
      'has no this': '[await m(1), await s(), await through(1)]',
      'keeps its super': '[await up(), await up.call(null)]',
      'takes the this it is given': 'await through.call(1, 2)',
      'is bound':
        "[await A.prototype.through.bind('x')(), A.prototype.m.bind(null, 1).length, A.prototype.m.bind(null).name]",
      'is applied': '[await Reflect.apply(m, 5, [1]), await Array.from([1], m)]',
      'is given to map': 'await Promise.all([1, 2].map(m))',
      'is put on another object':
        '{ const o = { m, up, n: 1 }; return [await o.m(2), await o.up()]; }',
      'has a name and a length':
        "[m.name, m.length, through.name, A.prototype['quoted name'].name, A.prototype[12].name, A.prototype[Symbol.iterator].name]",
      'is no constructor':
        '[m, s, up].map((fn) => { try { new fn(); return 1; } catch (error) { return error.name; } })',
      'has no prototype':
        "[m, s, up, through].map((fn) => [Object.hasOwn(fn, 'prototype'), 'caller' in fn, Reflect.ownKeys(fn).join()])",
      'is a property like any other':
        'Object.getOwnPropertyNames(A.prototype).map((key) => { const d = Object.getOwnPropertyDescriptor(A.prototype, key); return [key, d.enumerable, d.writable, d.configurable, typeof d.value]; })',
      'is taken through an instance': '[await new A().p.call(undefined), new A().p.name]',
      'is replaced and called':
        '{ const old = A.prototype.m; A.prototype.m = async function (...args) { return [await old.apply(this, args), this instanceof A]; }; return await new A().m(3); }',
    }),
  )('%s', (_, body) => {
    const block = body.startsWith('{') ? body : `{ return ${body}; }`;
    return expectSame(`${classes}\nexport const main = async () => ${block};`);
  });
});

describe('Function.prototype.length', () => {
  test.each([
    'a, b',
    'a, b = 1',
    'a = 1, b',
    'a, { b }',
    '{ a }, [b], c',
    '{ a } = {}, b',
    'a, ...rest',
    '...rest',
    '[a] = [], ...rest',
    '',
    'a, b, c, d, e',
  ])('of (%s)', (params) => {
    const functions = `[
      async function (${params}) { await 0; }, async function named(${params}) {}, async (${params}) => { await 0; }, async (${params}) => 1, { async m(${params}) { await 0; } }.m,
      { async ['m'](${params}) {} }.m, class { static async m(${params}) { await 0; } }.m, class { async m(${params}) {} }.prototype.m, async function* (${params}) { yield 1; }, decl, expr.bind(null), expr ]`;
    return expectSame(`async function decl(${params}) { await 0; } const expr = async function self(${params}) { self; await 0; };
      export const main = () => ${functions}.map((fn) => [fn.length, fn.name, Object.getOwnPropertyDescriptor(fn, 'length').writable, Object.getOwnPropertyDescriptor(fn, 'name').configurable]);`);
  });
});

describe('names that are kept from one place to the next', () => {
  test('an optional chain around then keeps its receiver across an await in a key', () =>
    expectSame(`
      const later = async (x, n) => { for (let i = 0; i < n; i++) await 0; return x; };
      const box = (name) => ({ b: { name, k(x) { return Promise.resolve(this?.name + x); } } });
      const f = async (a, n) => await a?.b[await later('k', n)]?.('!').then((x) => x);
      export const main = () => Promise.all([f(box('slow'), 5), f(box('fast'), 1), f(null, 0)]);`));

  test('an optional chain around then keeps its receiver when its key calls the same code', () =>
    expectSame(`
      const box = (name) => ({ b: { name, k(x) { return Promise.resolve(this.name + x); } } });
      const f = (a, depth) => a?.b[depth > 0 ? (f(box('inner'), depth - 1), 'k') : 'k']?.('!').then((x) => x);
      export const main = () => f(box('outer'), 2);`));

  test('a receiver is kept while its arguments call the same code', () =>
    expectSame(`
      const make = (name) => ({ get p() { return Promise.resolve(name); } });
      const f = (depth) => make('r' + depth).p.then(depth > 0 ? (f(depth - 1), (x) => x) : (x) => x, f.none);
      const g = async (name, n) => make(name).p.then(await (async () => { for (; n > 0; n--) await 0; return (x) => x; })());
      export const main = async () => [await f(3), await Promise.all([g('slow', 5), g('fast', 1)])];`));

  test('computed keys of a class that is evaluated again while it is evaluated', () =>
    expectSame(`
      const make = (n) => class { async ['load' + n]() { await 0; } [(n > 0 ? (inner = make(n - 1)) : 0, 'x')]() {} static async ['s' + n]() {} };
      let inner;
      export const main = () => {
        const Outer = make(1);
        return [Outer.prototype.load1, inner.prototype.load0, Outer.s1, inner.s0].map((fn) => [fn.name, fn.constructor.name]);
      };`));

  test('computed keys of a class that are awaited, in two activations at once', () =>
    expectSame(`
      const later = async (x, n) => { for (let i = 0; i < n; i++) await 0; return x; };
      const make = async (name, n) => class { async [await later(name, n)]() { await 0; } static async [await later(name + 's', n)]() {} };
      export const main = async () => {
        const [A, B] = await Promise.all([make('a', 5), make('b', 1)]);
        return [A.prototype.a, A.as, B.prototype.b, B.bs].map((fn) => [fn.name, fn.constructor.name]);
      };`));

  test('computed keys of a literal that are awaited, in two activations at once', () =>
    expectSame(`
      const later = async (x, n) => { for (let i = 0; i < n; i++) await 0; return x; };
      const make = async (name, n) => ({ async [await later(name, n)]() { await 0; }, [await later(name + 'a', n)]: async () => { await 0; }, __proto__: { async m() {} }, async [await later(name + 's', n)]() { return super.m(); } });
      export const main = async () => (await Promise.all([make('a', 5), make('b', 1)])).flatMap((o) => Object.values(o).map((fn) => [fn.name, fn.constructor.name]));`));
});

describe('the scope of a body', () => {
  test.each(
    Object.entries({
      'a function of the body and a var that eval declares':
        "async function main() { function g() { return 1; } await 0; eval('var g = 2'); return g; }",
      'a function of the body that eval declares again':
        "async function main() { function g() { return 1; } await 0; eval('function g() { return 2; }'); return g(); }",
      'a var that eval declares beside a const of a block':
        "async function main() { await 0; { const a = 1; } eval('var a = 2'); return a; }",
      'without an await, too':
        "async function main() { function g() {} eval('var g = 2'); return g; }",
      'in a generator':
        "async function* it() { function g() { return 1; } await 0; eval('var g = 2'); yield g; } const main = async () => (await it().next()).value;",
      'a label of the name of a variable':
        'async function main() { var a = 1; a: for (;;) { await 0; break a; } return a; }',
      'a function that is called before and after':
        'async function main() { const first = g(); await 0; return [first, g()]; function g() { return typeof later; } let later; }',
    }),
  )('%s', (_, code) => expectSame(`${code}\nexports.main = main;`, sloppily));
});
