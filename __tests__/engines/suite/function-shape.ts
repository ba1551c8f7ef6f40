import { construct } from './harness/construct';
import { equal, throws } from './harness/equal';
import { asyncFunctionClass, notConstructors } from './harness/needs';

async function declared(a: unknown, b: unknown): Promise<unknown> {
  await null;
  return [a, b];
}
const arrow = async (a: unknown): Promise<unknown> => {
  await null;
  return a;
};
const brief = async (): Promise<number> => 1;
const holder = {
  async method(a: unknown, b: unknown, c: unknown): Promise<unknown> {
    await null;
    return [this === holder, a, b, c];
  },
  ['computed key']: async (): Promise<void> => {
    await null;
  },
};
class Cart {
  async load(a: unknown): Promise<unknown> {
    await null;
    return [this instanceof Cart, a];
  }
  static async make(): Promise<void> {
    await null;
  }
}
const every: readonly (readonly [
  fn: (...args: never[]) => unknown,
  name: string,
  length: number,
])[] = [
  [declared, 'declared', 2],
  [arrow, 'arrow', 1],
  [brief, 'brief', 0],
  [holder.method, 'method', 3],
  [holder['computed key'], 'computed key', 0],
  [Cart.prototype.load, 'load', 1],
  [Cart.make, 'make', 0],
];

const test = construct('shape of async functions');

test('name and length are the program’s', () => {
  equal(
    every.map(([fn]) => [fn.name, fn.length]),
    every.map(([, name, length]) => [name, length]),
  );
});

test(
  'new is refused',
  () => {
    for (const [fn] of every) throws(() => new (fn as unknown as new () => unknown)(), TypeError);
  },
  notConstructors,
);

test('this and the arguments arrive', async () => {
  equal(await holder.method(1, 2, 3), [true, 1, 2, 3]);
  equal(await new Cart().load(1), [true, 1]);
  equal(await declared(...([1, 2] as const)), [1, 2]);
});

test('what they give is a promise of the engine', () => {
  for (const promise of [arrow(1), brief(), declared(1, 2)]) {
    equal(Object.getPrototypeOf(promise) === Promise.prototype, true);
    equal(
      Object.keys(promise).filter((key) => /throughline|ending|strand/i.test(key)),
      [],
    );
  }
});

test(
  'constructor.name and toStringTag say that they are async',
  () => {
    for (const [fn] of every) {
      equal(
        [fn.constructor.name, Object.prototype.toString.call(fn)],
        ['AsyncFunction', '[object AsyncFunction]'],
      );
    }
  },
  asyncFunctionClass,
);
