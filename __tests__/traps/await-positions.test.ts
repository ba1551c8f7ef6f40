import { bothWays, runProgram } from '../harness/both-ways';
import type { Dress, RunOptions } from '../harness/both-ways';
import { anywhere, expressions, generators, sloppy } from './await-positions';

const dresses: readonly Dress[] = ['values', 'promises', 'late promises', 'thenables'];

/** Where an async function with such a body can stand. */
const places: Record<string, (body: string) => string> = {
  'a function': (body) => `async function main() { set(); ${body}\nlook('end'); }`,
  'a try': (body) => `
    async function main() {
      set();
      try { ${body} } catch (error) { look('last catch'); log('caught', error); } finally { look('last finally'); log('finally'); }
      look('end');
    }`,
  'an arrow': (body) =>
    `const main = async () => { set(); await (async () => { ${body} })(); look('end'); };`,
  'a method': (body) => `
    class Place { async run(given) { ${body}\nlook('end'); } }
    async function main() { set(); try { return await new Place().run(1); } catch (error) { look('catch'); throw error; } finally { look('finally'); } }`,
  'an async generator': (body) => `
    async function* steps() { ${body}\nlook('end'); }
    async function main() { set(); const all = []; for await (const step of steps()) all.push(step); look('walked'); return all; }`,
};

const strict = (code: string): string => `${code}\nexport { main };`;
const script = (code: string): string => `${code}\nexports.main = main;`;

async function compare(code: string, options: { script?: boolean } = {}): Promise<void> {
  const { plain, compiled } = bothWays(code, options);
  const expected: object[] = [];
  const received: object[] = [];
  const check = async (run: RunOptions): Promise<number> => {
    const before = await runProgram(plain, run);
    const { trace, wrong } = await runProgram(compiled, run);
    expected.push({ ...run, trace: before.trace, wrong: [] });
    received.push({ ...run, trace, wrong });
    return before.count;
  };

  let count = 0;
  for (const dress of dresses) count = await check({ dress });
  for (let failAt = 1; failAt <= count; failAt++) {
    for (const dress of ['promises', 'thenables'] as const) await check({ dress, failAt });
  }
  expect(received).toEqual(expected);
}

describe.each(Object.entries(places))('in %s', (_, place) => {
  test.each(Object.entries(anywhere))('%s', (_, body) => compare(strict(place(body))));
});

describe('in a function of sloppy code', () => {
  test.each(Object.entries(anywhere))('%s', (_, body) =>
    compare(script(places['a function']!(body)), { script: true }),
  );
});

// A class is strict, and a generator has no variable named `yield`.
describe.each(['a function', 'a try', 'an arrow'])('in %s that is sloppy', (name) => {
  test.each(Object.entries(sloppy))('%s', (_, body) =>
    compare(script(places[name]!(body)), { script: true }),
  );
});

/** Functions in which an expression is all there is to await. */
const alone: Record<string, (expression: string) => string> = {
  'a statement': (it) => `async function main() { set(); (${it}); look('after'); }`,
  'a return': (it) =>
    `async function f() { return (${it}); } async function main() { set(); const value = await f(); look('after'); return value; }`,
  'an arrow': (it) =>
    `const main = async () => { set(); const f = async () => (${it}); const value = await f(); look('after'); return value; };`,
  'an arrow with a default': (it) =>
    `const main = async () => { set(); const f = async ({ a } = {}) => (${it}); const value = await f(); look('after'); return value; };`,
  'a method': (it) =>
    `const o = { async f() { return (${it}); } }; async function main() { set(); return await o.f(); }`,
  'a class method': (it) =>
    `class A { async f() { const value = (${it}); look('after'); return value; } } async function main() { set(); return await new A().f(); }`,
  'a try': (it) =>
    `async function main() { set(); try { log(${it}); } catch (error) { look('catch'); log('caught', error); } look('after'); }`,
  'a try with a finally': (it) =>
    `async function main() { set(); try { return (${it}); } finally { look('finally'); } }`,
  'a loop': (it) =>
    `function* g() { try { yield 1; } finally { look('closed'); } } async function main() { set(); for (const x of g()) log(x, (${it})); look('after'); }`,
  'a yield': (it) =>
    `async function* g() { look('start'); yield (${it}); look('after'); } async function main() { set(); const all = []; for await (const x of g()) all.push(x); look('walked'); return all; }`,
  'a declaration': (it) =>
    `async function main() { set(); const value = (${it}), other = 1; look('after'); return value; }`,
  'a switch': (it) =>
    `async function main() { set(); switch (1) { case (${it}): log('one'); default: log('other'); } look('after'); }`,
};

describe.each(Object.entries(alone))('alone in %s', (_, place) => {
  test.each(Object.entries(expressions))('%s', (_, it) => compare(strict(place(it))));
});

describe('in an async generator that yields', () => {
  test.each(Object.entries(generators))('%s', (_, body) =>
    compare(strict(places['an async generator']!(body))),
  );
});
