import { EventEmitter } from 'node:events';
import { describeCauses } from '../../runtime/src/causes/chain';
import type { Site } from '../../runtime/src/causes/chain';
import { run } from '../harness/instrument';
import { turn } from '../harness/uncompiled';

/** Runs a program as in development; gives what it noted, chains as text. */
async function noted(code: string, given: Record<string, unknown> = {}): Promise<string[]> {
  const notes: string[] = [];
  const note = (chain: readonly Site[]): void => void notes.push(describeCauses(chain));
  const source = `import { causeChain } from '@throughline/runtime/causes';\n${code}`;
  const { main } = run(source, { note, EventEmitter, turn, ...given }, { causes: true });
  await (main as () => unknown)();
  return notes;
}

test('a chain names every spawn point on the way, the latest first', async () => {
  expect(
    await noted(`async function load() {
        await 0;
        await new Promise((resolve) => {
          setTimeout(() => resolve(note(causeChain())), 0);
        });
      }
      export const main = async () => {
        await new Promise((resolve) => queueMicrotask(() => resolve(load())));
      };`),
  ).toEqual([
    'spawned at input.js:5 by setTimeout, in input.js:2 async load, spawned at input.js:9 by queueMicrotask, in input.js:8 async main',
  ]);
});

test.each([
  ['then', `Promise.resolve().then(() => note(causeChain()))`, 'by then'],
  ['catch', `Promise.reject(1).catch(() => note(causeChain()))`, 'by catch'],
  ['finally', `Promise.resolve().finally(() => note(causeChain()))`, 'by finally'],
  ['setImmediate', `setImmediate(() => note(causeChain()))`, 'by setImmediate'],
  ['nextTick', `process.nextTick(() => note(causeChain()))`, 'by process.nextTick'],
  [
    'a listener',
    `const e = new EventEmitter(); e.on('x', () => note(causeChain())); e.emit('x')`,
    'by on',
  ],
  [
    'an event',
    `new AbortController().signal.addEventListener('x', () => 0); const t = new EventTarget(); t.addEventListener('x', () => note(causeChain())); t.dispatchEvent(new Event('x'))`,
    'by addEventListener',
  ],
])('%s is a link of the chain', async (_, code, by) => {
  const [chain] = await noted(`export async function main() {\n ${code}; await turn(); }`);

  expect(chain).toBe(`spawned at input.js:3 ${by}, in input.js:2 async main`);
});

test('a listener knows who triggered it', async () => {
  const [chain] = await noted(`
    const emitter = new EventEmitter();
    emitter.on('done', () => note(causeChain()));
    async function work() { emitter.emit('done'); }
    export const main = () => work();`);

  expect(chain).toBe('spawned at input.js:4 by on, in input.js:5 async work');
});

test('what runs next to a strand does not see its chain', async () => {
  expect(
    await noted(`
      export async function main() {
        const before = causeChain().length;
        await Promise.all([(async () => { await 0; })(), 1]);
        if (causeChain().length === before) note([]);
      }`),
  ).toEqual(['']);
});

test('an interval, a recursion and a chain of promises keep their chains short', async () => {
  expect(
    await noted(`
      let left = 500;
      let longest = 0;
      async function again() {
        longest = Math.max(longest, causeChain().length);
        if (left-- > 0) await again();
      }
      function tick(n) {
        longest = Math.max(longest, causeChain().length);
        if (n > 0) return new Promise((resolve) => setImmediate(() => resolve(tick(n - 1))));
      }
      export async function main() {
        await again();
        await tick(300);
        let chain = Promise.resolve();
        for (let i = 0; i < 300; i++) chain = chain.then(() => { longest = Math.max(longest, causeChain().length); });
        await chain;
        if (longest <= 8) note([]);
        else throw new Error(String(longest));
      }`),
  ).toEqual(['']);
});

describe('of an error', () => {
  const FAILS = 'in input.js:2 async fails, in input.js:5 async main';

  test.each([
    ['thrown after an await', 'await 0; throw new Error("boom");'],
    ['thrown at once', 'throw new Error("boom");'],
    ['thrown by the engine', 'await 0; null.x;'],
    ['thrown by the engine at once', 'null.x;'],
    ['of a rejected promise', 'await Promise.reject(new Error("boom"));'],
    ['handed to reject', 'await new Promise((resolve, reject) => reject(new Error("boom")));'],
  ])('%s', async (_, code) => {
    const [chain] = await noted(`async function fails() {
        ${code}
      }
      export async function main() {
        try { await fails(); } catch (error) { note(causeChain(error)); }
      }`);

    expect(chain).toBe(FAILS);
  });

  test('the first to throw it is named, not who throws it on', async () => {
    const [chain] = await noted(`async function fails() {
        await 0; throw new Error('boom');
      }
      async function passes() { try { await fails(); } catch (error) { throw error; } }
      export async function main() {
        try { await passes(); } catch (error) { note(causeChain(error)); }
      }`);

    expect(chain).toBe(
      'in input.js:2 async fails, in input.js:5 async passes, in input.js:6 async main',
    );
  });

  test('an error of code that was not compiled has the chain of who met it first', async () => {
    const [chain] = await noted(
      `async function meets() {
        try { await other(); } catch (error) { note(causeChain(error)); }
      }
      export const main = () => meets();`,
      { other: () => Promise.reject(new Error('boom')) },
    );

    expect(chain).toBe('in input.js:2 async meets');
  });
});

test('nothing is known in production', async () => {
  const notes: unknown[] = [];
  const { main } = run(
    `import { causeChain } from '@throughline/runtime/causes';
     export async function main() { await 0; note(causeChain()); }`,
    { note: (chain: unknown) => notes.push(chain) },
    { causes: false },
  );
  await (main as () => Promise<void>)();

  expect(notes).toEqual([[]]);
});

test('an error of the engine has the chain of the strand that threw it', async () => {
  const [own, native, direct] = await noted(`
    async function load(isOwn) { await turn(); if (isOwn) throw new Error('own'); return undefined.deep; }
    async function outer(isOwn) { await turn(); await load(isOwn); }
    export async function main() {
      for (const call of [() => outer(true), () => outer(false), () => load(false)]) {
        try { await call(); } catch (error) { note(causeChain(error)); }
      }
    }`);

  expect(own).toMatch(/^in input\.js:3 async load, in input\.js:4 async outer/);
  expect(native).toBe(own);
  expect(direct).toMatch(/^in input\.js:3 async load, in input\.js:5 async main/);
});
