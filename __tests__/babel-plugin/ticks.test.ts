import { transformSync } from '@babel/core';
import { evaluate, run } from '../harness/instrument';

/**
 * The body of an async function, by what it shows. `log` notes an entry; `thenable(name, value)` is
 * an object with a `then` of its own; between the entries a metronome notes every microtask tick.
 */
const programs: Record<string, string> = {
  'await a value': `
    log('before'); log(await 1); log('after');`,
  'await undefined three times': `
    for (let i = 0; i < 3; i++) { await undefined; log(i); }`,
  'await a native promise': `
    log(await Promise.resolve('value')); log('after');`,
  'await a pending promise': `
    let settle;
    const promise = new Promise((resolve) => (settle = resolve));
    queueMicrotask(() => { log('settles'); settle('value'); });
    log(await promise);`,
  'await a thenable': `
    log(await thenable('a', 'value')); log('after');`,
  'await a thenable whose then is a getter': `
    const value = { get then() { log('get then'); return (resolve) => { log('then'); resolve(1); }; } };
    log(await value);`,
  'await a thenable that throws': `
    try { await { then() { log('then'); throw new Error('boom'); } }; }
    catch (error) { log(error.message); }`,
  'await a thenable whose then cannot be called': `
    const value = { get then() { log('get then'); return 1; } };
    log((await value) === value);`,
  'await a thenable with a getter that throws': `
    try { await { get then() { log('get then'); throw new Error('boom'); } }; }
    catch (error) { log(error.message); }`,
  'await a thenable that resolves with a thenable': `
    log(await thenable('outer', thenable('inner', 1)));`,
  'await a promise of a subclass': `
    class Mine extends Promise { then(...args) { log('then'); return super.then(...args); } }
    log(await Mine.resolve(1));`,
  'await a promise with a then of its own': `
    const promise = Promise.resolve(1);
    promise.then = () => log('never');
    log(await promise);`,
  'await a rejection': `
    try { await Promise.reject(new Error('boom')); } catch (error) { log(error.message); }
    log('after');`,
  'await an async function': `
    const f = async () => { log('in'); await 0; log('still'); return 'value'; };
    log(await f()); log('after');`,
  'await an async function without awaits': `
    const f = async () => 'value';
    log(await f()); log('after');`,
  'return a value': `
    const f = async () => { await 0; return 1; };
    f().then(log); await 0; log('a'); await 0; log('b');`,
  'return a native promise': `
    const f = async () => { await 0; return Promise.resolve(1); };
    f().then(log); for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'return a native promise without an await': `
    const f = async () => Promise.resolve(1);
    f().then(log); for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'return the promise of an async function': `
    const g = async () => 1; const f = async () => g(); const e = async () => { return f(); };
    e().then(log); for (let i = 0; i < 9; i++) { await 0; log(i); }`,
  'return an awaited promise': `
    const f = async () => await Promise.resolve(1);
    f().then(log); for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'return a thenable': `
    const f = async () => { await 0; return thenable('a', 1); };
    f().then(log); for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'return a thenable without an await': `
    const f = async () => thenable('a', 1);
    f().then(log); for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'return a thenable with a getter, read once': `
    const f = async () => ({ get then() { log('get then'); return (resolve) => resolve(1); } });
    f().then(log); for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'throw before and after an await': `
    const f = async () => { throw new Error('early'); };
    const g = async () => { await 0; throw new Error('late'); };
    f().catch(({ message }) => log(message)); g().catch(({ message }) => log(message));
    for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'throw in a parameter default': `
    const f = async (x = (() => { throw new Error('boom'); })()) => { await 0; return x; };
    f().catch(({ message }) => log(message)); log('sync'); await 0; log('a');`,
  'two functions in turns': `
    const f = async (name) => { for (let i = 0; i < 3; i++) { log(name + i); await i; } };
    await Promise.all([f('a'), f('b')]); log('both');`,
  'an async generator with values': `
    async function* g() { log('start'); yield 1; log('mid'); yield 2; log('end'); }
    for await (const value of g()) log(value);`,
  'an async generator that yields promises': `
    async function* g() { yield Promise.resolve(1); yield Promise.resolve(2); }
    for await (const value of g()) log(value);`,
  'an async generator that yields a thenable': `
    async function* g() { yield thenable('a', 1); }
    for await (const value of g()) log(value);`,
  'an async generator that yields something with a then that cannot be called': `
    const odd = { then: 1 };
    async function* g() { yield odd; return odd; }
    const it = g();
    log((await it.next()).value === odd); log((await it.next()).value === odd);`,
  'an async generator that yields a rejection': `
    async function* g() { try { yield Promise.reject(new Error('boom')); } catch (e) { log(e.message); yield 'caught'; } }
    for await (const value of g()) log(value);`,
  'an async generator that returns a promise': `
    async function* g() { yield 1; return Promise.resolve(2); }
    const it = g();
    for (let i = 0; i < 3; i++) { const { value, done } = await it.next(); log(value + ' ' + done); }`,
  'an async generator with awaits': `
    async function* g() { const a = await 1; yield a; const b = await thenable('b', 2); yield b; }
    for await (const value of g()) log(value);`,
  'several next() in a queue': `
    async function* g() { log('start'); yield 1; await 0; yield 2; }
    const it = g();
    it.next().then(({ value }) => log(value)); it.next().then(({ value }) => log(value));
    it.next().then(({ done }) => log(done)); log('sync');`,
  'what next() is given': `
    async function* g() { log(await (yield 1)); log(yield 2); }
    const it = g(); await it.next('lost'); await it.next(Promise.resolve('first')); await it.next('second');`,
  'return() of a suspended generator': `
    async function* g() { try { yield 1; } finally { log('clean'); await 0; log('up'); } }
    const it = g(); await it.next(); const { value, done } = await it.return(Promise.resolve('bye')); log(value + ' ' + done);`,
  'return() of a generator that has not started': `
    async function* g() { log('never'); yield 1; }
    log((await g().return('bye')).value); log('after');`,
  'throw() into a generator': `
    async function* g() { try { yield 1; } catch (error) { log(error.message); yield 2; } }
    const it = g(); await it.next(); log((await it.throw(new Error('boom'))).value); log((await it.next()).done);`,
  'yield* over an async generator': `
    async function* inner() { yield 1; await 0; yield 2; return 'r'; }
    async function* outer() { log(yield* inner()); yield 3; }
    for await (const value of outer()) log(value);`,
  'yield* over an array of promises': `
    async function* outer() { yield* [Promise.resolve(1), 2, thenable('t', 3)]; }
    for await (const value of outer()) log(value);`,
  'yield* that is returned and thrown into': `
    async function* inner() { try { yield 1; yield 2; } catch (e) { log(e.message); yield 'c'; } finally { log('clean'); } }
    async function* outer() { try { yield* inner(); } finally { log('outer'); } }
    const a = outer(); await a.next(); log((await a.return('r')).value);
    const b = outer(); await b.next(); log((await b.throw(new Error('boom'))).value); await b.next();`,
  'yield* over an iterator without return or throw': `
    const source = { [Symbol.asyncIterator]: () => ({ next: () => ({ value: 1, done: false }) }) };
    async function* outer() { yield* source; }
    const a = outer(); await a.next(); log((await a.return('r')).value);
    const b = outer(); await b.next();
    try { await b.throw(new Error('boom')); } catch (error) { log(error.name); }`,
  'yield* over nothing iterable': `
    async function* outer() { try { yield* undefined; } catch (error) { log(error.name); } try { yield* 1; } catch (error) { log(error.name); } }
    await outer().next();`,
  'for await over an array': `
    for await (const value of [1, Promise.resolve(2), thenable('t', 3)]) log(value);
    log('after');`,
  'for await over an empty array': `
    for await (const value of []) log(value);
    log('after');`,
  'for await over a hand-written iterator': `
    let left = 3;
    const source = { [Symbol.asyncIterator]() { log('open'); return { next() { log('next'); return { value: left, done: left-- === 0 }; } }; } };
    for await (const value of source) log(value);`,
  'for await with every look-up in order': `
    const step = (value, done) => ({ get done() { log('done'); return done; }, get value() { log('value'); return value; } });
    const source = {
      get [Symbol.asyncIterator]() { log('get asyncIterator'); return () => ({
        i: 0,
        get next() { log('get next'); return function () { return Promise.resolve(step(this.i, this.i++ === 2)); }; },
        get return() { log('get return'); return () => ({}); },
      }); },
    };
    for await (const value of source) log(value);
    for await (const value of source) { log(value); break; }`,
  'for await over a sync iterator with getters': `
    const source = { [Symbol.iterator]: () => ({ i: 0, next() { const i = this.i++; return { get done() { log('done'); return i === 2; }, get value() { log('value'); return i; } }; } }) };
    for await (const value of source) log(value);`,
  'break out of for await': `
    async function* g() { try { yield 1; yield 2; } finally { log('clean'); await 0; log('up'); } }
    for await (const value of g()) { log(value); break; }
    log('after');`,
  'throw out of for await': `
    async function* g() { try { yield 1; } finally { log('clean'); } }
    try { for await (const value of g()) { log(value); throw new Error('boom'); } } catch (error) { log(error.message); }`,
  'return out of for await': `
    async function* g() { try { yield 1; } finally { log('clean'); await 0; } }
    const f = async () => { for await (const value of g()) return value; };
    log(await f()); log('after');`,
  'for await over a step that rejects': `
    try { for await (const value of [1, Promise.reject(new Error('boom')), 3]) log(value); } catch (error) { log(error.message); }`,
  'for await over an iterator that throws': `
    const source = { [Symbol.asyncIterator]: () => ({ next() { throw new Error('boom'); }, return() { log('never'); } }) };
    try { for await (const value of source) log(value); } catch (error) { log(error.message); }`,
  'for await over a result that is no object': `
    const source = { [Symbol.asyncIterator]: () => ({ next: () => 1 }) };
    try { for await (const value of source) log(value); } catch (error) { log(error.name); }`,
  'for await over a result that is a thenable': `
    let i = 0;
    const source = { [Symbol.asyncIterator]: () => ({ next: () => thenable('step', { value: i, done: i++ === 1 }) }) };
    for await (const value of source) log(value);`,
  'labelled for await with continue': `
    outer: for (const a of [1, 2]) { for await (const b of [1, 2]) { if (b === 2) continue outer; log(a + '' + b); } }`,
  'labelled for await, continued by its own label': `
    outer: for await (const a of [1, 2]) { for (const b of [1, 2]) { if (b === 2) continue outer; log(a + '' + b); } }
    log('after');`,
  'a then chain': `
    Promise.resolve(1).then((n) => (log(n), n + 1)).then((n) => (log(n), n + 1)).then(log);
    for (let i = 0; i < 4; i++) { await 0; log('m' + i); }`,
  'a then that returns a promise': `
    Promise.resolve().then(() => Promise.resolve('p')).then(log);
    for (let i = 0; i < 5; i++) { await 0; log(i); }`,
  'a then that returns a thenable': `
    Promise.resolve().then(() => thenable('a', 'value')).then(log);
    for (let i = 0; i < 5; i++) { await 0; log(i); }`,
  'a then that returns an async call': `
    Promise.resolve().then(async () => { await 0; return 'value'; }).then(log);
    for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'a then without callbacks': `
    Promise.resolve('value').then().then(null, undefined).then(log);
    for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'a then that throws': `
    Promise.resolve().then(() => { throw new Error('boom'); }).then(() => log('never')).catch(({ message }) => log(message));
    for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'a catch that is passed through': `
    Promise.resolve('value').catch(() => log('never')).then(log);
    for (let i = 0; i < 3; i++) { await 0; log(i); }`,
  'a catch that throws again': `
    Promise.reject(new Error('a')).catch(() => { throw new Error('b'); }).catch(({ message }) => log(message));
    for (let i = 0; i < 3; i++) { await 0; log(i); }`,
  'a finally with a value': `
    Promise.resolve('value').finally((...args) => { log('f' + args.length); return 'lost'; }).then(log);
    for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'a finally that returns a promise': `
    Promise.resolve('value').finally(() => Promise.resolve()).then(log);
    for (let i = 0; i < 8; i++) { await 0; log(i); }`,
  'a finally that returns a thenable': `
    Promise.resolve('value').finally(() => thenable('a', 1)).then(log);
    for (let i = 0; i < 8; i++) { await 0; log(i); }`,
  'a finally that throws': `
    Promise.resolve('value').finally(() => { throw new Error('boom'); }).catch(({ message }) => log(message));
    for (let i = 0; i < 5; i++) { await 0; log(i); }`,
  'a finally after a rejection': `
    Promise.reject(new Error('boom')).finally(() => log('f')).catch(({ message }) => log(message));
    for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'a finally without a callback': `
    Promise.resolve('value').finally().then(log); Promise.resolve(1).finally(1).then(log);
    for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'new Promise resolved with a promise': `
    new Promise((resolve) => resolve(Promise.resolve('value'))).then(log);
    for (let i = 0; i < 5; i++) { await 0; log(i); }`,
  'new Promise resolved with a thenable': `
    new Promise((resolve) => resolve(thenable('a', 'value'))).then(log);
    for (let i = 0; i < 5; i++) { await 0; log(i); }`,
  'new Promise whose executor throws': `
    new Promise(() => { throw new Error('boom'); }).catch(({ message }) => log(message));
    new Promise((resolve) => { resolve('kept'); throw new Error('lost'); }).then(log);
    await 0; log('a');`,
  'Promise.resolve of everything': `
    Promise.resolve(1).then(log); Promise.resolve(thenable('a', 2)).then(log);
    Promise.resolve(Promise.resolve(3)).then(log); const p = Promise.resolve(); log(Promise.resolve(p) === p);
    for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'Promise.all of everything': `
    Promise.all([1, Promise.resolve(2), thenable('a', 3), (async () => 4)()]).then((values) => log(values.join()));
    for (let i = 0; i < 6; i++) { await 0; log(i); }`,
  'Promise.all of nothing': `
    Promise.all([]).then((values) => log(values.length)); await 0; log('a'); await 0; log('b');`,
  'Promise.all with a rejection': `
    Promise.all([new Promise(() => {}), Promise.reject(new Error('boom'))]).catch(({ message }) => log(message));
    for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'Promise.all of nothing iterable': `
    Promise.all(1).catch((error) => log(error.name)); await 0; log('a'); await 0; log('b');`,
  'Promise.all over an iterable that throws': `
    Promise.all({ *[Symbol.iterator]() { log('open'); yield 1; throw new Error('boom'); } }).catch(({ message }) => log(message));
    await 0; log('a'); await 0; log('b');`,
  'Promise.allSettled': `
    Promise.allSettled([1, Promise.reject(new Error('boom'))]).then((all) => log(all.map((one) => one.status).join()));
    for (let i = 0; i < 4; i++) { await 0; log(i); }`,
  'Promise.race': `
    Promise.race([new Promise(() => {}), (async () => { await 0; return 'slow'; })(), Promise.resolve('fast')]).then(log);
    for (let i = 0; i < 5; i++) { await 0; log(i); }`,
  'Promise.any': `
    Promise.any([Promise.reject(1), Promise.resolve('value')]).then(log);
    Promise.any([Promise.reject(1), Promise.reject(2)]).catch((error) => log(error.name + error.errors.join()));
    for (let i = 0; i < 5; i++) { await 0; log(i); }`,
  'nested try and finally': `
    const f = async () => {
      try { try { await 0; log('a'); return 'r'; } finally { log('b'); await 0; log('c'); } } finally { await 0; log('d'); }
    };
    log(await f());`,
  'a finally that overrides a return': `
    const f = async () => { try { return Promise.resolve(1); } finally { await 0; return 2; } };
    log(await f());`,
  'a catch that awaits': `
    const f = async () => { try { await Promise.reject(new Error('a')); } catch ({ message }) { await 0; log(message); throw new Error('b'); } finally { log('f'); } };
    try { await f(); } catch ({ message }) { log(message); }`,
  'queueMicrotask and nextTick': `
    queueMicrotask(() => log('micro')); process.nextTick(() => log('tick'));
    Promise.resolve().then(() => log('then')); await 0; log('await');`,
  'timers and immediates': `
    await new Promise((resolve) => { setTimeout(() => { log('timeout'); setImmediate(() => { log('immediate'); resolve(); }); queueMicrotask(() => log('micro')); }, 0); log('sync'); }).then(() => log('done'));`,
};

const resource = `const resource = (name, fails) => ({
  async [Symbol.asyncDispose]() { log(name); await 0; log(name + ' done'); if (fails) throw new Error(name); },
});`;
const lock = `const lock = (name, fails) => ({ [Symbol.dispose]() { log(name); if (fails) throw new Error(name); } });`;
const shown = `const shown = (e) => (e.name === 'SuppressedError' ? [e.message, shown(e.error), shown(e.suppressed)].join() : e.message);`;

/** Programs with declarations that engines have since V8 13.8. */
const disposals: Record<string, string> = {
  'await using': `{ await using a = resource('a'); await using b = resource('b'); log('body'); } log('after');`,
  'await using null': `{ await using a = null; } log('one'); { await using a = null, b = undefined; } log('two');`,
  'await using null beside others': `
    { await using a = null; await using b = resource('b'); using c = lock('c'); } log('after');
    { await using a = resource('a'); await using b = null; using c = lock('c'); await using d = null; } log('after');
    { using a = lock('a'); await using b = null; using c = lock('c'); } log('after');`,
  'using, in an async function': `{ using a = lock('a'); await 0; using b = null; log('body'); } log('after');`,
  'await using a resource of using': `{ await using a = lock('a'); log('body'); } log('after');
    try { await using a = lock('b', true); } catch (e) { log(e.message); }`,
  'errors of the body and of disposals': `
    try { await using a = resource('a', true); using b = lock('b', true); await using c = resource('c', true); throw new Error('body'); }
    catch (error) { log(shown(error)); }
    try { using b = lock('b', true); await using c = resource('c'); } catch (error) { log(shown(error)); }`,
  'values that are no resources': `
    for (const value of [1, {}, { [Symbol.dispose]: 1 }, { [Symbol.asyncDispose]: 1 }]) {
      try { await using a = value; } catch (error) { log(error.message); }
      try { await 0; using a = value; } catch (error) { log(error.message); }
    }`,
  'a method that is read once': `
    const value = { get [Symbol.asyncDispose]() { log('get'); return () => log(this === undefined); } };
    { await using a = value; log('body'); } log('after');`,
  'loops and jumps': `
    for (await using a of [resource('a'), resource('b')]) { log('loop'); if (a) continue; }
    for (await using a of [resource('c'), resource('d')]) break;
    for (using a = lock('head'), b = lock('other'); ; ) { await 0; break; }
    const f = async () => { await using a = resource('f'); return 'value'; };
    log(await f());`,
  'the name of a class': `{ await using a = class { static [Symbol.asyncDispose]() { log(this.name); } }; }`,
};
const hasUsing = (): boolean => {
  try {
    return Boolean(new Function('return async () => { await using a = null; }'));
  } catch {
    return false;
  }
};

const transformed = (code: string): Record<string, unknown> => run(code);
const untransformed = (code: string): Record<string, unknown> => {
  const plugins = [require('@babel/plugin-transform-modules-commonjs')];
  return evaluate(transformSync(code, { configFile: false, babelrc: false, plugins })!.code!);
};

test('there are at least 40 programs', () => {
  expect(Object.keys(programs).length).toBeGreaterThanOrEqual(40);
});

test.each(Object.entries(programs))(
  '%s: microtasks run in the order of the language',
  async (_, body) => {
    const code = `export default async function (log, thenable) {${body}\n}`;

    expect(await entries(transformed(code))).toEqual(await entries(untransformed(code)));
  },
);

type Program = (
  log: (entry: unknown) => void,
  thenable: (name: string, value: unknown) => object,
) => Promise<void>;

/** Runs a program beside a metronome, until nothing is left to run. */
async function entries({ default: program }: Record<string, unknown>): Promise<unknown[]> {
  const log: unknown[] = [];
  const note = (entry: unknown): void => void log.push(entry);
  const thenable = (name: string, value: unknown): object => ({
    then(resolve: (value: unknown) => void): void {
      note(`${name}.then`);
      resolve(value);
    },
  });

  metronome(note);
  await (program as Program)(note, thenable).then(
    () => note('fulfilled'),
    (error: unknown) => note(`rejected: ${String(error)}`),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return log;
}

/** Notes each tick, so that one too many shows even where a program has nothing to compare with. */
function metronome(note: (entry: unknown) => void): void {
  let promise = Promise.resolve();
  for (let i = 0; i < 60; i++) promise = promise.then(() => note(`tick ${i}`));
}

(hasUsing() ? test : test.skip).each(Object.entries(disposals))(
  '%s: disposal takes the ticks of the language',
  async (_, body) => {
    const code = `export default async function (log) { ${resource} ${lock} ${shown} ${body}\n}`;

    expect(await entries(transformed(code))).toEqual(await entries(untransformed(code)));
  },
);
