import { bothWays, runProgram } from '../harness/both-ways';

// How often and in which order the platform asks a value for its `then`, and an iterator for its steps.
// `getter(name, then)` is an object that notes each look-up; `spy(name, target)` notes everything that is
// asked of it; `iterator(name, steps)` notes each property that is read.

const prelude = `
  const getter = (name, then) => ({ get then() { log('get ' + name + '.then'); return then; } });
  const fulfils = (x) => (resolve) => { log('then called'); resolve(x); };
  const spy = (name, target) => new Proxy(target, Object.fromEntries(['get', 'has', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'ownKeys'].map((trap) => [trap, (...args) => { log(name, trap, typeof args[1] === 'object' || args[1] === undefined ? '' : String(args[1])); return Reflect[trap](...args); }])));
  const iterator = (name, steps, more = {}) => { let at = 0; return { get [Symbol.asyncIterator]() { log('get asyncIterator'); return () => ({ get next() { log('get ' + name + '.next'); return (x) => (log(name + '.next', x), steps[at++]); }, ...Object.defineProperties({}, {}), get return() { log('get ' + name + '.return'); return more.return; }, get throw() { log('get ' + name + '.throw'); return more.throw; } }); } }; };
  const result = (name, value, done) => ({ get done() { log('get ' + name + '.done'); return done; }, get value() { log('get ' + name + '.value'); return value; }, get then() { log('get ' + name + '.then'); return undefined; } });
`;

const programs: Record<string, string> = {
  'await of a getter': `log(await getter('a', fulfils(1)));`,
  'await of a getter that has nothing': `const a = getter('a', undefined); log((await a) === a);`,
  'await of a getter that answers once': `let n = 0; const a = { get then() { log('get', ++n); return n === 1 ? fulfils(n) : undefined; } }; log(await a);`,
  'await of a getter that answers the second time': `let n = 0; const a = { get then() { log('get', ++n); return n > 1 ? fulfils(n) : undefined; } }; log((await a) === a);`,
  'await of a function with a then': `const f = () => {}; Object.defineProperty(f, 'then', { get() { log('get f.then'); return fulfils(1); } }); log(await f);`,
  'await of a promise with its own then': `const p = Promise.resolve(1); Object.defineProperty(p, 'then', { get() { log('get p.then'); return Promise.prototype.then; } }); log(await p);`,
  'await of a promise with its own constructor': `const p = Promise.resolve(1); Object.defineProperty(p, 'constructor', { get() { log('get p.constructor'); return Promise; } }); log(await p);`,
  'await of a promise with another constructor': `const p = Promise.resolve(1); p.constructor = class Other {}; log(await p);`,
  'await of a promise of a subclass with its own then': `class Mine extends Promise { then(...args) { log('Mine.then'); return super.then(...args); } } log(await Mine.resolve(1)); log(await new Mine((resolve) => resolve(2)).then((x) => x));`,
  'return of a getter': `return getter('a', fulfils(1));`,
  'return of a getter out of a function without an await': `const f = async () => getter('a', fulfils(1)); log(await f()); const g = async () => getter('b', undefined); log(typeof (await g()));`,
  'return of a promise with its own then': `const p = Promise.resolve(1); p.then = function (...args) { log('own then'); return Promise.prototype.then.apply(this, args); }; const f = async () => p; log(await f()); const g = async () => { await 0; return p; }; log(await g());`,
  'return of a thenable that calls back twice and throws': `const f = async () => ({ then(resolve, reject) { resolve(1); reject(2); resolve(3); throw new Error('late'); } }); log(await f()); log(await { then(resolve, reject) { resolve(1); reject(2); throw new Error('late'); } });`,
  'a then that throws before and after': `for (const a of [{ then() { throw new Error('then'); } }, { get then() { throw new Error('getter'); } }]) { try { await a; } catch (error) { log(error); } try { await (async () => a)(); } catch (error) { log(error); } try { await Promise.resolve(a); } catch (error) { log(error); } }`,
  'a rejection whose reason has a then': `const reason = { then() { log('never'); } }; const same = (error) => log(error === reason);
    await new Promise((_, reject) => reject(reason)).catch(same); await new Promise(() => { throw reason; }).catch(same); await (async () => { throw reason; })().catch(same); await Promise.reject(reason).catch(same);
    await Promise.resolve({ then: (_, reject) => reject(reason) }).catch(same); try { await { then: (_, reject) => reject(reason) }; } catch (error) { same(error); } try { await (async () => ({ then: (_, reject) => reject(reason) }))(); } catch (error) { same(error); }
    await Promise.all([{ then: (_, reject) => reject(reason) }]).catch(same); await Promise.any([{ then: (_, reject) => reject(reason) }]).catch((error) => same(error.errors[0])); log((await Promise.allSettled([{ then: (_, reject) => reject(reason) }]))[0].reason === reason);
    await Promise.resolve().then(() => { throw reason; }).catch(same); await Promise.resolve().finally(() => { throw reason; }).catch(same);`,
  'a rejection whose reason is a promise': `const reason = Promise.resolve(1); await new Promise((_, reject) => reject(reason)).catch((error) => log(error === reason)); await Promise.reject(reason).catch((error) => log(error === reason)); try { await { then: (_, reject) => reject(reason) }; } catch (error) { log(error === reason); }`,
  'a rejection whose reason looks up its then': `const reason = getter('reason', fulfils(1)); await new Promise((_, reject) => reject(reason)).catch((error) => log(error === reason)); try { await Promise.reject(reason); } catch (error) { log(error === reason); }`,
  'a proxy that is revoked later': `const { proxy, revoke } = Proxy.revocable({ then(resolve) { resolve(1); } }, {}); const p = Promise.resolve(proxy); revoke(); log(await p);`,
  'an object of no prototype': `const o = Object.create(null); log((await o) === o); const t = Object.assign(Object.create(null), { then: fulfils(1) }); log(await t); class A {} A.then = fulfils(2); log(await A);`,
  'yield* over a generator, in ticks': `async function* inner() { const a = yield getter('y', fulfils(1)); log('a', a); try { yield 2; } finally { log('closed'); } return getter('r', fulfils(3)); } async function* outer() { log('result', yield* inner()); } const it = outer(); log(await it.next()); log(await it.next(getter('in', fulfils(9)))); log(await it.return(getter('ret', fulfils(8)))); log(await it.next());`,
  'yield* over every step of an iterator': `async function* g() { log('result', yield* iterator('it', [result('1', getter('v', fulfils(1)), false), Promise.resolve(result('2', 2, false)), result('3', 3, true)])); } const it = g(); log(await it.next('a')); log(await it.next('b')); log(await it.next('c'));`,
  'yield* that is returned': `async function* g() { yield* iterator('it', [result('1', 1, false)], { return: (x) => (log('return', typeof x), result('r', getter('v', fulfils(2)), true)) }); } const it = g(); await it.next(); log(await it.return(getter('given', fulfils(5))));`,
  'yield* that is returned and goes on': `async function* g() { log('result', yield* iterator('it', [result('1', 1, false), result('2', 2, true)], { return: () => result('r', 7, false) })); } const it = g(); await it.next(); log(await it.return(5)); log(await it.next());`,
  'yield* that is thrown into': `async function* g() { try { yield* iterator('it', [result('1', 1, false)], { throw: (error) => (log('throw', error), Promise.resolve(result('t', 8, true))) }); log('went on'); } catch (error) { log(error); } } const it = g(); await it.next(); log(await it.throw(new Error('in')));`,
  'yield* that cannot be thrown into': `async function* g() { try { yield* iterator('it', [result('1', 1, false)], { return: () => (log('closed'), {}) }); } catch (error) { log(error.name); } } const it = g(); await it.next(); log(await it.throw(new Error('in')));`,
  'yield* over a plain iterator of getters': `async function* g() { yield* [getter('v', fulfils(1)), 2]; } for await (const x of g()) log(x); const it = g(); await it.next(); log(await it.return(1));`,
  'for await over every step of an iterator': `for await (const x of iterator('it', [result('1', getter('v', fulfils(1)), false), Promise.resolve(result('2', 2, false)), result('3', 3, true)])) log(typeof x);`,
  'for await that is left, over every step': `for await (const x of iterator('it', [result('1', 1, false)], { return: () => (log('return'), getter('r', (resolve) => resolve({}))) })) break; try { for await (const x of iterator('it', [result('1', 1, false)], { return: () => 1 })) break; } catch (error) { log(error.name); } try { for await (const x of iterator('it', [result('1', 1, false)], { return: () => { throw new Error('return'); } })) throw new Error('body'); } catch (error) { log(error); }`,
  'for await over a plain iterator of getters': `for await (const x of [getter('a', fulfils(1)), getter('b', undefined), Promise.resolve(3)]) log(typeof x);`,
  'for await over a plain iterator that rejects half-way': `function* g() { try { yield 1; yield Promise.reject(new Error('step')); yield 3; } finally { log('closed'); } } try { for await (const x of g()) log(x); } catch (error) { log(error); }`,
  'next of a generator in a queue': `async function* g() { const x = yield getter('1', fulfils(1)); log('x', x); yield 2; throw new Error('end'); } const it = g(); const all = [it.next('a'), it.next('b'), it.next('c'), it.next('d')].map((p, i) => p.then((r) => log(i, r), (error) => log(i, error))); await Promise.all(all);`,
  'a generator that is returned a rejection': `async function* g() { try { yield 1; } catch (error) { log('caught', error); yield 2; } finally { log('finally'); } } const it = g(); await it.next(); log(await it.return(Promise.reject(new Error('no')))); log(await it.next());`,
};

test('there are at least 30 programs', () => {
  expect(Object.keys(programs).length).toBeGreaterThanOrEqual(30);
});

test.each(Object.entries(programs))(
  '%s: asks as the language does, tick by tick',
  async (_, body) => {
    const { plain, compiled } = bothWays(
      `${prelude}\nexport async function main() { set(); ${body}\nlook('end'); }`,
    );
    const before = await runProgram(plain);
    const after = await runProgram(compiled);

    expect(after).toEqual({ ...before, wrong: [] });
  },
);
