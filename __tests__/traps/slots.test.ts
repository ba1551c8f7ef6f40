import { getLocal, register, setLocal } from '../../runtime/src/index';
import { run } from '../harness/instrument';
import { bridgeIsOpen } from '../harness/runtime';

const slot = register('nobody');

/** Runs a compiled `main` and hands over what it noted of its slot. */
async function notes(code: string): Promise<string[]> {
  const seen: string[] = [];
  const { main } = run(code, {
    note: (where: string) => void seen.push(`${where}: ${getLocal(slot)}`),
    set: (value: string) => setLocal(slot, value),
  });
  await (main as () => Promise<void>)();
  return seen;
}

test('an iterator that a return closes in a function without an await is closed in its strand', async () => {
  const seen = await notes(`
    function* g() { try { yield 1; } finally { note('closing'); set('generator'); } }
    async function f() { set('ada'); for (const x of g()) return x; }
    export async function main() { set('caller'); const p = f(); note('caller'); await p; note('after'); }
  `);

  expect(seen).toEqual(['closing: ada', 'caller: caller', 'after: caller']);
});

test('an iterator whose closing throws, after a return in a function without an await', async () => {
  const seen = await notes(`
    const it = { [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return() { note('return'); throw new Error('return'); } }) };
    async function f() { set('ada'); try { for (const x of it) return x; } catch (error) { note('catch'); set('eve'); } }
    export async function main() { set('caller'); const p = f(); note('caller'); await p; note('after'); }
  `);

  expect(seen).toEqual(['return: ada', 'catch: ada', 'caller: caller', 'after: caller']);
});

// Known: the engine closes the iterator between the rejection and the next place that is ours. The bridge is there.
(bridgeIsOpen() ? test : test.failing)(
  'an array pattern that a rejected await leaves closes its iterator in the strand',
  async () => {
    const seen = await notes(`
    function* g() { try { yield; yield; } finally { note('closing'); } }
    export async function main() { set('ada'); try { const [a = await Promise.reject(new Error('boom'))] = g(); } catch { note('catch'); } }
  `);

    expect(seen).toEqual(['closing: ada', 'catch: ada']);
  },
);

(bridgeIsOpen() ? test : test.failing)(
  'a for of whose head is left by a rejected await closes its iterator in the strand',
  async () => {
    const seen = await notes(`
    function* g() { try { yield []; } finally { note('closing'); } }
    export async function main() { set('ada'); try { for (const [a = await Promise.reject(new Error('boom'))] of g()); } catch { note('catch'); } }
  `);

    expect(seen).toEqual(['closing: ada', 'catch: ada']);
  },
);

test('a thenable in a list that is walked with for await or yield* runs its then in the strand', async () => {
  const seen = await notes(`
    const thenable = (name) => ({ then(resolve) { note(name); resolve(name); } });
    async function* g() { set('generator'); yield* [thenable('yield*')]; }
    export async function main() { set('ada'); for await (const x of [thenable('for await')]) note('body'); await g().next(); }
  `);

  expect(seen).toEqual(['for await: ada', 'body: ada', 'yield*: generator']);
});

test('an await in the key of a method belongs to the function around it', async () => {
  const seen = await notes(`
    async function f(key) { set('ada'); const o = { async [await key]() {}, [await key + 1]() {} }; note(Object.keys(o).join()); return o; }
    export async function main() { set('caller'); await f(Promise.resolve('k')); note('after'); }
  `);

  expect(seen).toEqual(['k,k1: ada', 'after: caller']);
});

test('a yield in the key of a method belongs to the generator around it', async () => {
  const seen = await notes(`
    async function* g() { set('generator'); const o = { [yield 1]() {} }; note(Object.keys(o).join()); }
    export async function main() { set('caller'); const it = g(); await it.next(); note('between'); await it.next('k'); note('after'); }
  `);

  expect(seen).toEqual(['between: caller', 'k: caller', 'after: caller']);
});
