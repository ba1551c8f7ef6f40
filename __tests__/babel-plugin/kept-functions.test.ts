import { instrument, run } from '../harness/instrument';

type AsyncFunction = (...args: unknown[]) => Promise<unknown>;

const f = (code: string): AsyncFunction => run(code)['f'] as AsyncFunction;
const isKept = (code: string, script = false): boolean =>
  instrument(code, {}, { script }).includes('_runKept(');

/** A function that awaits, in each form in which it is made once. */
test.each([
  'export async function f(a, b, c) { await null; return [a, b, c]; }',
  'async function f(a, b, c) { await null; return [a, b, c]; } export { f };',
  'export const f = async (a, b, c) => { await null; return [a, b, c]; };',
  'export const f = async function (a, b, c) { await null; return [a, b, c]; };',
  'export const f = async function me(a, b, c) { await null; return me === f && [a, b, c]; };',
  'export default async function f(a, b, c) { await null; return [a, b, c]; } export { f };',
])('the inner half of %s is made once, and gets the arguments of each call', async (code) => {
  expect(isKept(code)).toBe(true);
  const fn = f(code);
  expect(await Promise.all([fn(1, 2, 3), fn(4), fn(5, 6, 7, 8)])).toEqual([
    [1, 2, 3],
    [4, undefined, undefined],
    [5, 6, 7],
  ]);
});

test.each([
  ['no parameter', 'export async function f() { return (await null) ?? 1; }', [], 1],
  [
    'a parameter that is assigned',
    'export async function f(a) { a++; await null; a *= 2; return [a, (() => a)()]; }',
    [1],
    [4, 4],
  ],
  [
    'calls of itself before and after it waits',
    'export async function f(n) { const a = n && f(n - 1); await null; const b = n && (await f(n - 1)); return [n, await a, b]; }',
    [1],
    [1, [0, 0, 0], [0, 0, 0]],
  ],
  [
    'variables of its own with the names of others',
    'const a = 1; export async function f(b) { const inner = []; for (let a of [b, b + 1]) inner.push(async () => (await a) + b); await null; return [a, ...(await Promise.all(inner.map((one) => one())))]; }',
    [2],
    [1, 4, 5],
  ],
  [
    'temporary values',
    'const make = async (x) => ({ x, get: async () => x }); export async function f(a) { const [b, c] = await Promise.all([make(a), make(a + 1)]); return [await b?.get(), (await c.get()) ** 2]; }',
    [3],
    [3, 16],
  ],
])('a kept function with %s', async (_what, code, args, expected) => {
  expect(isKept(code)).toBe(true);
  const fn = f(code);
  expect(await fn(...args)).toEqual(expected);
  expect(await fn(...args)).toEqual(expected);
});

test.each([
  ['this', 'export async function f() { return [await 1, this?.a]; }'],
  ['its arguments', 'export async function f() { return [await 1, arguments.length]; }'],
  ['eval', 'export async function f(a) { return eval("a") + (await 1); }'],
  ['a default', 'export async function f(a = 1) { return a + (await 1); }'],
  ['a pattern', 'export async function f({ a }) { return a + (await 1); }'],
  ['more than three parameters', 'export async function f(a, b, c, d) { return a + (await d); }'],
  ['a variable with the name of a parameter', 'export async function f(a) { var a; await a; }'],
  ['a loop around it', 'for (const a of []) { const f = async (b) => a + (await b); f(1); }'],
  ['a block around it', '{ const f = async (b) => (await b); f(1); }'],
  ['a function around it', 'function g(a) { async function f() { await a; } f(); }'],
  ['an expression around it', 'export const f = [async (b) => (await b)];'],
])('a function with %s is made for each call', (_what, code) => {
  expect(isKept(code)).toBe(false);
});

test('a script keeps no function, because other scripts see its variables', () => {
  const code = 'async function f(a) { await a; }';
  expect([isKept(code), isKept(code, true)]).toEqual([true, false]);
});

test('a function may be called before its module has begun', async () => {
  // As by a module that this one imports, and that imports it.
  const early: { value?: Promise<unknown> } = {};
  run(
    `begin(() => f(1)); let late = 2; export async function f(a) { await null; return [a, late]; }`,
    { begin: (call: AsyncFunction) => (early.value = call()) },
  );
  expect(await early.value).toEqual([1, 2]);
});
