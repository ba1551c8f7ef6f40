// Bodies of async functions with an `await` in every place where the grammar has one. `v(x)` is
// something to await, `log` notes, `look` wants to see the function's own slot.

/** Programs that read the same in strict and sloppy code. */
export const anywhere: Record<string, string> = {
  'both sides of an assignment': `
    const o = {}; let a;
    (await v(o)).x = await v(1); a = await v(2); log(o, a);`,
  'declarations of each kind': `
    const a = await v(1), b = await v(a + 1); let c = await v(b), d; var e = await v(c);
    log(a, b, c, d, e);`,
  'a statement of its own': `
    await v(1); await v(2), await v(3); (await v(4)); void await v(5); look(); log('end');`,
  'compound assignment to a name, which is read first': `
    let n = 1; const bump = () => { n = 10; };
    n += (bump(), await v(2)); n **= await v(3); n >>>= await v(1); log(n);`,
  'compound assignment to a computed member': `
    const a = { get k() { log('get'); return 1; }, set k(x) { log('set', x); } };
    (log('object'), a)[(log('key'), await v('k'))] += (log('value'), await v(2)); look();`,
  'a[await k] += await v': `const a = { k: 1 }; a[await v('k')] += await v(2); log(a);`,
  'a key that is turned into a key late': `
    const o = {}; const key = { toString() { log('toString'); look(); return 'k'; } };
    o[await v(key)] = await v(1); o[key] ??= await v(2); log(o);`,
  '??= of names and members': `
    let a, b = 1; const o = { a: null, b: 0 };
    a ??= await v(1); b ??= await v(2); o.a ??= await v(3); o[await v('b')] ??= await v(4);
    o.c ??= await v(5); (await v(o)).d ??= await v(6); log(a, b, o);`,
  '||= of names and members': `
    let a, b = 1; const o = { a: 1, b: 0 };
    a ||= await v(1); b ||= await v(2); o.a ||= await v(3); o[await v('b')] ||= await v(4); log(a, b, o);`,
  '&&= of names and members': `
    let a, b = 1; const o = { a: 1, b: 0 };
    a &&= await v(1); b &&= await v(2); o.a &&= await v(3); o[await v('b')] &&= await v(4); log(a, b, o);`,
  'logical assignment that names a function': `
    let a, b; const o = {}; a ??= async () => await v(1); b ||= async function () { await v(2); };
    o.c ??= async () => {}; log(a.name, b.name, o.c.name); await a(); look(); await b();`,
  'updates of members': `
    const o = { n: 1 }; log((await v(o)).n++, ++o[await v('n')], (await v(o))[await v('n')]--); log(o);`,
  'spreads in a call': `
    const f = (...args) => (look('f'), args.join());
    log(f(...(await v([1, 2])), await v(3), ...(await v([])), ...(await v('ab'))));`,
  'spreads in an array': `log([...(await v([1])), await v(2), , ...(await v(new Set([3])))]);`,
  'spreads in an object': `
    log({ ...(await v({ a: 1 })), [await v('b')]: await v(2), ...(await v(null)), c: await v(3), get d() { return 4; } });`,
  'shorthands, computed accessors and methods in an object': `
    const a = await v(1);
    const o = { a, get [await v('g')]() { return look('getter'), 2; }, set [await v('s')](x) { log('set', x); },
      [await v('m')]() { return 3; }, async [await v('am')]() { return await v(4); }, *[await v('gen')]() { yield 5; } };
    o.s = 1; log(o.g, o.m(), await o.am(), [...o.gen()], o.am.name);`,
  'a template':
    "log(`${await v(1)} and ${await v({ toString() { look('toString'); return 'two'; } })} ${`${await v(3)}`}`);",
  'a tagged template': `
    const o = { tag(strings, ...values) { look('tag'); log(this === o, strings.raw.join('|'), ...values); return 'tagged'; } };
    log(o[await v('tag')]\`a\${await v(1)}b\${await v(2)}\`); log((await v(String.raw))\`x\${await v(3)}\`);`,
  'a tagged template keeps its strings': `
    const tag = (strings) => strings; const all = [];
    for (let i = 0; i < 2; i++) all.push(tag\`a\${await v(i)}b\`);
    log(all[0] === all[1]);`,
  'an optional chain that is there': `
    const a = { k(x) { look('k'); return this === a ? x : 'lost'; }, b: { c: { d: 1 } } };
    log(await a?.[await v('k')]?.(await v(1)), (await v(a))?.b.c[await v('d')], a?.b?.[await v('c')]?.d);`,
  'an optional chain that is not': `
    const a = null, b = {};
    log(a?.[await v('k')]?.(await v(1)), b?.[await v('k')]?.(await v(2)), (await v(a))?.b.c[await v('d')], b.x?.(await v(3)).y);`,
  'an optional call of an awaited function': `
    log((await v((x) => x + 1))?.(await v(1)), (await v(undefined))?.(await v(1)));`,
  'optional chains around then': `
    const a = { b: Promise.resolve(1), f() { return this === a ? Promise.resolve(2) : 0; } };
    log(await a?.b.then((x) => (look('then'), x + 1)), await a?.[await v('f')]?.(await v(0)).then((x) => x), await a.none?.then(await v(1)));`,
  'delete of a member': `
    const o = { a: 1, b: 2, c: { d: 1 } };
    log(delete o[await v('a')], delete (await v(o)).b, delete (await v(o))?.c?.[await v('d')], delete (await v(null))?.[await v('x')]); log(o);`,
  in: `log((await v('a')) in (await v({ a: 1 })), (await v('b')) in { a: await v(1) });`,
  instanceof: `
    class A { static [Symbol.hasInstance](x) { look('hasInstance'); return x === 1; } }
    log((await v(1)) instanceof (await v(A)), (await v([])) instanceof Array);`,
  'unary operators': `
    log(!(await v(0)), -(await v(1)), +(await v('2')), ~(await v(3)), typeof (await v('x')), typeof await v(1n), void (await v(1)));`,
  'binary operators, in order': `
    const n = (x) => ({ valueOf() { look('valueOf'); log('valueOf', x); return x; } });
    log((await v(n(1))) + (await v(n(2))) * (await v(n(3))), (await v(n(1))) < (await v(n(2))), (await v(2)) ** (await v(3)), (await v(1)) === (await v(1)));`,
  'a left side that is read before': `
    let n = 1; const o = { n: 1 };
    log(n + (await v(((n = 10), (o.n = 10), 1))), o.n + (await v(1)), [n, await v((n = 20)), n]);`,
  'logical operators': `
    log((await v(0)) || (await v(1)), (await v(1)) || (await v(2)), (await v(1)) && (await v(0)) && (await v(3)), (await v(null)) ?? (await v(4)), (await v(0)) ?? (await v(5)));`,
  'a conditional': `
    log((await v(true)) ? await v(1) : await v(2), (await v(0)) ? await v(1) : (await v(1)) ? await v('x') : await v('y'));`,
  'a sequence': `log((await v(1), await v(2), await v(3))); for (await v(1), await v(2); await v(0), await v(false); );`,
  new: `
    class C { constructor(...args) { look('constructor'); this.args = args; } }
    const ns = { C };
    log(new (await v(C))(await v(1), ...(await v([2]))), new (await v(ns)).C(), new ns[await v('C')](await v(3)), new (await v(C)));`,
  'a class that extends an awaited one': `
    class Base { constructor() { look('base'); this.b = 1; } m() { return 'base'; } }
    class A extends (await v(Base)) { m() { return super.m() + '+'; } }
    const B = class extends (await v(A)) { constructor() { super(); look('derived'); } };
    log(new A().m(), new B(), A.name, B.name);`,
  'computed keys of a class': `
    class A {
      [await v('m')]() { return 1; } static [await v('s')] = 2; get [await v('g')]() { return 3; } [await v('f')] = 4;
      static async [await v('am')]() { return await v(5); } async *[await v('ag')]() { yield await v(6); } static [await v('sm')]() {}
      'quoted'() {} async [(await v(0), Symbol.for('sym'))]() { return 7; }
    }
    log(Object.getOwnPropertyNames(A.prototype).join(), Object.getOwnPropertyNames(A).join(), new A(), await A.am(), (await new A().ag().next()).value);
    log(A.am.name, A.prototype[Symbol.for('sym')].name, await new A()[Symbol.for('sym')]());`,
  'fields with async functions': `
    class A {
      f = async () => (look('field'), await v(this.n), this.n); n = 1; static g = async () => (await v(2), this.name);
      #p = async (x) => (await v(x), this.n); p(x) { return this.#p(x); } static h = (async () => { await v(3); return 'static'; })();
      'a b' = async function () { await v(4); return this.n; };
    }
    const a = new A(); log(await a.f(), await A.g(), await a.p(5), await A.h, await a['a b'](), a.f.name, A.g.name, a['a b'].name);`,
  'static blocks': `
    class A { static p; static { look('static block'); this.p = (async () => { look(); await v(1); look(); return this.name; })(); } static async m() { await v(2); } static { this.q = this.m(); } }
    log(await A.p); await A.q;`,
  'defaults of inner functions': `
    const f = (x = (async () => { look(); await v(1); look(); return 'default'; })()) => x;
    function g({ a = (async () => await v(2))() } = {}, [b = f()] = []) { return [a, b]; }
    async function h(x = f(), y = async () => await x) { return [await x, await y()]; }
    log(await f(), await Promise.all(g()), await h());`,
  'object patterns': `
    const { [await v('a')]: a = await v(1), b: { c = await v(2) } = await v({}), [await v('d')]: d, ...rest } = await v({ a: undefined, d: 4, e: 5 });
    log(a, c, d, rest);`,
  'array patterns': `
    const [x = await v(1), , y = await v(2), ...[z = await v(3)]] = await v([undefined, 0]); log(x, y, z);`,
  'patterns that assign': `
    const o = {}; let n;
    ({ a: o.x = await v(1), [await v('b')]: o[await v('y')], c: n = await v(3) } = await v({ b: 2 }));
    [o.z, o[await v('w')] = await v(4), ...o[await v('rest')]] = await v([5, undefined, 6, 7]); log(o, n);`,
  'for with awaits in its head': `
    const fs = [];
    for (let i = await v(0); i < (await v(2)); i += await v(1)) { look(); fs.push(() => i); await v('body'); }
    log(fs.map((f) => f()));`,
  'for with nothing but awaits': `
    let n = 2; for (await v(1); await v(n-- > 0); await v(2)) { log('body', n); if (n === 1) continue; look(); }`,
  'for of over what was awaited': `
    for (const x of await v([1, 2])) { look(); log(x, await v(x)); } for (const x of await v('ab')) log(x);
    let y; for (y of [1, 2]) await v(y); log(y);`,
  'for of into members and patterns': `
    const o = {};
    for (o[await v('k')] of [1, 2]) { look(); log(o.k); }
    for (const { a = await v('d'), [await v('b')]: b } of [{}, { a: 1, b: 2 }]) log(a, b);
    for ([o.x = await v(3)] of [[], [4]]) log(o.x);`,
  'for of over a generator that cleans up': `
    function* g() { try { yield 1; yield 2; } finally { look('clean'); log('clean'); } }
    for (const x of g()) { await v(x); if (x === 1) break; }
    a: for (const x of g()) for (const y of g()) { if (await v(y) === 2) continue a; }
    for (const x of g()) { await v(x); }`,
  'an iterator that is closed by a map': `
    const it = { [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return() { look('return'); log('return'); return {}; } }) };
    const [a] = it; log(a, await v(1)); for (const x of it) { if (await v(x)) break; } const [b = 2, c] = it; look(); log(b, c, await v(2));`,
  'for in': `
    for (const k in await v({ a: 1, b: 2 })) log(k, await v(k)); const o = {};
    for (o[await v('k')] in { a: 1 }) log(o);`,
  'while and do while': `
    let n = 2; while (await v(n > 0)) { n--; await v('body'); look(); }
    do { n++; if (n === 1) continue; await v('do'); } while ((await v(n)) < 3); log(n);`,
  'if and else': `
    if (await v(0)) log('no'); else if (await v(1)) { log('yes', await v(2)); } else log('no'); if (await v(true)) await v(3);`,
  switch: `
    for (const x of [1, 2, 3, 4]) switch (await v(x)) { case await v(1): log('one'); await v('in'); case await v(2): log('two'); break; default: log('default', await v('d')); case await v(3): log('three'); }`,
  'switch with declarations and functions': `
    for (const x of [1, 2]) switch (await v(x)) { case 1: let a = await v('a'); async function f() { await v('f'); return a; } log(a, await f()); break; case 2: const b = async () => await v('b'); log(await b()); }`,
  'labels and blocks': `
    a: { await v(1); look(); b: { if (await v(true)) break a; log('never'); } log('never'); }
    log('after'); c: if (await v(1)) { await v(2); break c; }`,
  'labelled loops': `
    outer: for (let i = 0; i < 3; i++) { inner: while (await v(true)) { if (i === 1) continue outer; if (i === 2) break outer; await v(i); break inner; } log('end', i); }`,
  'jumps out of try': `
    outer: for (let i = 0; i < 3; i++) { try { await v(i); if (i === 0) continue outer; if (i === 1) break outer; } catch (error) { look('catch'); log(error); } finally { look('finally'); log('finally', await v('f')); } }`,
  'throw await': `try { throw await v(new Error('thrown')); } catch (error) { look('catch'); log(error); } finally { look('finally'); }`,
  'return await': `
    const f = async () => { try { return await v(1); } finally { look('finally'); log('finally'); } }; log(await f()); look(); return await v(2);`,
  'return of a promise': `return v(1);`,
  'return out of loops and try': `
    const f = async () => { for (const x of [1, 2]) { try { try { return await v(x); } finally { await v('f'); if (x === 1) continue; } } catch (error) { log(error); return 'caught'; } finally { look('outer'); log('outer'); } } };
    log(await f());`,
  'a catch with a pattern': `
    try { await v(1); throw { a: await v(2) }; } catch ({ a, b = await v(3), ...c }) { look('catch'); log(a, b, c); }
    try { throw [1]; } catch ([x, y = await v(4)]) { log(x, y); } try { throw 1; } catch { await v(5); look(); }`,
  'a catch whose name is declared again': `try { await v(1); throw 1; } catch (e) { var e = await v(2); look(); log(e); }`,
  'for await over values': `
    for await (const x of [v(1), v(2), 3]) { look(); log(x); await v('body'); } look(); for await (const x of await v([])) log('never'); look();`,
  'for await into every head': `
    const o = {}; let y; const fs = [];
    for await (const { a = await v('default'), [await v('b')]: b } of [{}, { a: 1, b: 2 }]) { look(); log(a, b); }
    for await (o.x of [v(1)]) log(o.x); for await (o[await v('k')] of [2]) log(o.k); for await (y of [3]) log(y);
    for await (const [p, q = await v('q')] of [[1]]) log(p, q); for await ([o.z = await v('z')] of [[]]) log(o.z); for await ({ y = await v('y') } of [{}]) log(y);
    for await (let z of [1, 2]) { fs.push(() => z++); z += 10; } log(fs.map((f) => f())); for await (var w of [5]); log(w);`,
  'for await that is left': `
    async function* g() { try { yield 1; await v('g'); yield 2; } finally { look('clean'); log('clean', await v('c')); } }
    for await (const x of g()) { look(); break; } look('after break');
    outer: for (const n of [1, 2]) { for await (const x of g()) { if (n === 1) continue outer; look(); break outer; } } look('after labels');
    const f = async () => { for await (const x of g()) return x; }; log(await f()); look('after return');
    try { for await (const x of g()) throw new Error('left'); } catch (error) { look('catch'); log(error); }
    own: for await (const x of g()) { if (x === 1) continue own; log(x); } look('end');`,
  'for await over a function that is called late': `
    const make = async function* () { look('generator'); yield* await v([1, 2]); };
    for await (const x of make(await v(1))) { look(); log(x); }`,
  'awaits of awaits': `log(await await v(1), await (await v(() => v(2)))(), await [await v(3)][0]);`,
  'async arrows as operands': `
    log(await (async () => await v(1))(), await (async (x) => { look(); return x + (await v(2)); })(await v(3)), await Promise.all([1, 2].map(async (x) => (look(), await v(x)))));`,
  'an async arrow with every kind of parameter': `
    const f = async ({ a, b: [c] }, d = a, ...[e, f = d]) => { look(); await v(1); look(); return [a, c, d, e, f]; };
    log(await f({ a: 1, b: [2] }, undefined, 3), f.length); log(await (async x => await v(x))(1));`,
  'a default that throws rejects': `
    const f = async (x = (() => { throw new Error('default'); })()) => { await x; };
    const g = async ({ a }) => { await a; };
    let p = f(); look('after f'); try { await p; } catch (error) { look(); log(error); } p = g(); look('after g'); try { await p; } catch (error) { look(); log(error.name); }`,
  arguments: `
    async function f() { const g = async () => { await v(1); return [...arguments]; }; await v(2); return [arguments.length, await g(9)]; }
    log(await f('a', 'b')); async function h(a = 1) { await v(3); return arguments; } log(await h(), await h(undefined, 2));
    function sync() { return (async () => { await v(4); return arguments[0]; })(); } log(await sync('s')); const o = { async m(a) { await v(5); return (() => arguments[1])(); } }; log(await o.m(1, 2));`,
  this: `
    const o = { n: 1, async m() { await v(1); const f = async () => (await v(2), this.n); return [this.n, await f()]; }, f: async function () { await v(3); return this.n; } };
    log(await o.m(), await o.f(), await o.m.call({ n: 2 }));`,
  'new.target': `
    class A { constructor() { this.p = (async () => { await v(1); return new.target; })(); } } class B extends A {}
    function F() { this.p = (async () => (await v(2), new.target))(); } log(await new B().p, await new F().p === F); async function g() { await v(3); return new.target; } log(await g());`,
  super: `
    class A { m(x) { look('super'); return ['A', x, this.n]; } get g() { return 'g' + this.n; } set s(x) { log('s', x); } static t(x) { return 't' + x; } async am(x) { return await v(x); } }
    class B extends A { n = 1;
      async m(x) { return [super[await v('m')](await v(x)), super.m(await v(2)), super.g, super[await v('g')]]; }
      async f() { super.s = await v(3); super[await v('own')] = await v(4); super.g += await v(1); const f = async () => super.m(await v(5)); return [await f(), this.own]; }
      async am(x) { return super.am(await v(x)).then((y) => y + 1); } static async u() { return super.t(await v(6)); } async opt() { return [super.none?.(await v(7)), super.m?.(await v(8))]; } }
    const b = new B(); log(await b.m(1)); try { log(await b.f()); } catch (error) { log(error.name); } log(await b.am(1), await B.u(), await b.opt());
    const o = { __proto__: { m(x) { return [x, this.n]; } }, n: 3, async m() { return super.m(await v(1)); }, async ['k' + (await v(1))]() { await v(1); return super.m(2); } }; log(await o.m(), await o.k1());`,
  'super in a derived constructor': `
    class A { constructor(x) { this.x = x; } }
    class B extends A { constructor() { const start = async () => { await v(1); return this.x; }; const early = (async () => { super(1); look(); await v(2); return this.x; })(); this.p = start(); this.q = early; } }
    const b = new B(); log(await b.p, await b.q);`,
  'private names': `
    class A { #x = 1; #f = async () => await v(this.#x); static #s = 1; get #a() { look('getter'); return this.#x; } set #a(x) { log('set', x); this.#x = x; } async #m(x) { await v(x); return this.#x; } static async #sm(x) { return await v(x); } async *#g() { yield await v(1); }
      async go(o) {
        this.#x = await v(2); this.#x += await v(3); (await v(this)).#x++; this.#x ??= await v(4); this.#a = await v(6); this.#a += await v(1); this.#a &&= await v(8);
        log(this.#x, #x in (await v(o)), #x in (await v(this)), (await v(this))?.#x, (await v(null))?.#x, await this.#m(await v(5)), await this.#f(), await A.#sm(1), (await this.#g().next()).value);
        [this.#x = await v(9)] = []; ({ a: this.#a } = await v({ a: 1 })); A.#s += await v(1); log(A.#s, await this.#m?.(await v(2))); return this.#x; } }
    log(await new A().go({}));`,
  'getters that await': `
    const o = { get p() { return (async () => (look(), await v(1)))(); }, set p(x) { (async () => { try { log('set', await v(x)); } catch (error) { look('catch'); log(error); } })(); } };
    log(await o.p); o.p = await v(2); class A { static get q() { return v(3); } get r() { return v(4); } } log(await A.q, await new A().r); await v(5); await v(6); await v(7);`,
  'functions that are called before their place': `
    log(await f(1), g(2)); async function f(x) { return (await v(x)) + g(x); } function g(x) { look('g'); return h + x; } var h = 10; { log(await i(3)); async function i(x) { return await v(x); } }`,
  'a class that is declared in a block and closed over': `
    { const k = await v(1); class A { async m() { return (await v(k)) + A.n; } static n = 1; } log(await new A().m()); }`,
  'closures over variables of a loop with awaits': `
    const fs = []; for (const x of [1, 2]) { const y = await v(x * 2); let z = x; fs.push(async () => { await v(0); return [x, y, z++]; }); } for (const f of fs) log(await f(), await f());`,
  'names that the plugin might take': `
    const _strand = await v(1), _run = 2, _suspend = 3, _resume = 4, _markAsync = 5, _end = 6, strand = 7; const f = async (_back, _outer) => { await v(8); return [_back, _outer]; };
    log(_strand, _run, _suspend, _resume, _markAsync, _end, strand, await f(1, 2));`,
  'an object with a then of its own, and one that cannot be called': `
    const odd = { then: 1 }; log((await odd) === odd); const p = Promise.resolve(1); p.then = function (f) { look('own then'); log('own then'); return Promise.prototype.then.call(this, f); }; log(await p); const f = () => {}; f.then = (r) => r('fn'); log(await f);`,
  'functions as values of properties, defaults and arguments': `
    const o = { a: async () => await v(1), async b() { await v(2); }, ['c' + 1]: async function () { await v(3); }, d: async function named() { return await v(4); } };
    log(o.a.name, o.b.name, o.c1.name, o.d.name, await o.a(), await o.d()); const { e = async () => await v(5) } = {}; log(e.name, await e()); const [g = async function () {}] = []; log(g.name);`,
  'a body that ends without return after awaits in dead ends': `if (false) { await v(1); } else for (;;) { if (await v(1)) break; } while (false) await v(2);`,
  'regular expressions, bigints and odd statements': `; ; { } debugger; await v(/x/g); await v(10n); look(); label: ; await v(1);`,
  'new Promise and its kin inside': `
    log(await new Promise((resolve) => { look('executor'); setImmediate(() => { look('immediate'); resolve(1); }); }), await Promise.all([v(1), v(2)]), await Promise.race([v(3)]), (await Promise.allSettled([v(4)])).map((one) => one.status), await Promise.any([v(5)]));
    log(await Promise.resolve(v(6)).then((x) => (look('then'), x)).finally(() => look('finally')));`,
  'timers and microtasks inside': `
    await new Promise((resolve) => { queueMicrotask(() => { look('micro'); process.nextTick(() => { look('tick'); setTimeout(() => { look('timeout'); resolve(); }, 0); }); }); }); look(); await v(1);`,
  'yield in inner generators': `
    function* g() { look('g'); const x = yield 1; log('got', x); try { yield 2; } finally { look('g finally'); log('closed'); } }
    const it = g(); log(it.next().value); log(it.next(await v('x')).value); log(it.return(await v('r')).value); look();
    const h = async function* () { look(); const a = yield await v(1); log('a', a); yield* await v([2, v(3)]); return await v(4); }; const i = h(); log((await i.next()).value); log((await i.next(await v('A'))).value); log((await i.next()).value, await i.next(), await i.next());`,
  'an await in the arguments of next': `
    async function* g() { const got = []; for (let i = 0; i < 3; i++) got.push(yield i); return got; } const it = g();
    await it.next(await v('lost')); await it.next(await v(1)); await it.next(await v(2)); log(await it.next(await v(3)));`,
  'deeply nested awaits': `log(await v(await v((await v(1)) + (await v(await v(2))))), await (async () => await (async () => await (async () => await v(3))())())());`,
  'a parenthesised arrow with a block that only throws': `
    const f = async () => { throw new Error('thrown'); }; const g = async () => { await v(1); throw new Error('late'); }; for (const h of [f, g]) try { const p = h(); look('called'); await p; } catch (error) { look('catch'); log(error); }`,
};

/** Programs that only sloppy code may hold. */
export const sloppy: Record<string, string> = {
  with: `
    const o = { x: 1, f() { return this === o; } };
    with (await v(o)) { log(x, await v(x), f(), await f(await v(2))); x = await v(3); x += await v(1); look(); var y = await v(5); const g = async () => { await v(0); return x; }; log(await g()); } log(o.x, y);`,
  'with and unscopables': `
    const o = { x: 1, [Symbol.unscopables]: { z: true }, z: 2 }; const z = 3; with (o) { log(x + (await v(1)), z); }`,
  'direct eval reads and writes locals': `
    let x = 1; const k = 5; eval('x = 2'); await v(1); log(x, eval('x + k')); eval('var y = 3'); log(y); await v(2); eval('y++'); log(y, eval('typeof this'), eval('arguments.length'));
    const f = async (a) => { eval('a = a + 1'); await v(3); eval('var b = 7'); await v(4); return [a, b, eval('a')]; }; log(await f(1));`,
  'direct eval declares functions and shadows': `
    eval('function g() { look("g"); return 1; }'); await v(1); log(g(), typeof g); { eval('var inBlock = 1'); await v(2); } log(inBlock); log(delete globalThis.nothing, eval('(async () => { await 1; return "inner"; })().constructor.name'));`,
  'direct eval in a default': `
    async function f(a, b = eval('a + 1'), c = eval('var z = 9; z')) { await v(1); return [a, b, c, typeof z]; } log(await f(1));`,
  'arguments and parameters are one': `
    async function f(a, b) { arguments[0] = 'A'; await v(1); b = 'B'; const seen = [a, arguments[1], arguments.length]; await v(2); return seen; } log(await f(1, 2));
    const g = { async m(a) { a = 2; await v(3); return arguments[0]; } }; log(await g.m(1)); const h = async function (a) { const set = (x) => { arguments[0] = x; }; await v(4); set('s'); return a; }; log(await h(1)); async function i(a) { a = 5; return arguments[0]; } log(await i(1));`,
  'arguments.callee': `async function f() { await v(1); return arguments.callee === f; } const g = async function () { await v(2); return arguments.callee; }; log(await f(), (await g()) === g);`,
  'a function in a block is a var, too': `
    log(typeof f); { log(typeof f, await v(1)); function f() { look('f'); return 1; } } log(f()); if (await v(true)) { function g() { return 2; } } log(g()); switch (await v(1)) { case 1: function h() { return 3; } } log(h());`,
  'a function that is declared twice': `async function f() { log(g()); await v(1); function g() { return 1; } function g() { return 2; } log(g()); var g; log(g()); } await f();`,
  'eval declares a var beside a function of its name': `async function f() { function g() { return 1; } await v(1); eval('var g = 2'); return typeof g; } log(await f());`,
  'this is boxed and global': `
    async function f() { await v(1); return typeof this; } async function g() { await v(2); return this === globalThis; } log(await f.call(1), await g(), await f.call(null)); const h = { async m() { return (await v(3), typeof this); } }.m; log(await h.call('s'), await h());`,
  'delete of a name': `var x = 1; eval('var y = 1'); await v(1); log(delete x, delete y, typeof y);`,
  'octals, and yield, let, static and async as names': `
    var let_ = 010; var yield = 1, static = 2, async = 3, let = 4, of = 5; await v(1); log(let_, yield, static, async, let, of); async = async (x) => await v(x); log(await async(6)); var o = { async, await: 7, get: 1, async await() { return await v(8); }, async get() { return 9; }, async 'x y'() {}, async async() { return await v(10); } }; log(o.await.name, await o.get(), await o.async());`,
  'assignments to undeclared names': `await v(1); undeclaredByThisTest = await v(2); log(undeclaredByThisTest); delete globalThis.undeclaredByThisTest;`,
  'a caught name and a var of it, with eval': `try { throw await v(1); } catch (e) { eval('var e = 2'); await v(3); log(e); } log(e);`,
};

/** Programs of async generators: `main` walks over what they yield. */
export const generators: Record<string, string> = {
  'yield await and await yield': `const a = yield await v(1); log('a', a); const b = await (yield v(2)); log('b', b); yield; log(yield* v2());
    async function* v2() { yield await v(3); return await v(4); }`,
  'yield in operands': `log((yield 1) + (await v(2)), [yield 3, await v(4)], { [yield 'k']: await v(5) }, \`\${yield 6}\`); const o = {}; o[yield 7] = await v(8); o.n = (yield 9) ?? (await v(10)); log(o);`,
  'yield in try': `try { yield await v(1); throw await v(new Error('in')); } catch (error) { log(error); yield await v(2); } finally { log('finally', await v(3)); yield await v(4); }`,
  'yield* over a generator that cleans up': `
    function* g() { try { yield v(1); yield v(2); } finally { look('clean'); log('clean'); } } yield* g(); log(await v(3));`,
  'yield* of everything': `yield* [1, v(2)]; yield* 'ab'; yield* (function* () { yield 3; })(); yield* (async function* () { yield await v(4); })(); log(await v(5));`,
  'yield in loops and labels': `outer: for (const x of [1, 2, 3]) { for await (const y of [v(x), 9]) { if (y === 2) continue outer; if (y === 3) break outer; yield y; } }`,
  'return of a promise': `yield 1; return v(2);`,
  'return in finally': `try { yield await v(1); return await v(2); } finally { log('f', await v(3)); }`,
};

/** Expressions that hold one `await`, and so alone make a function one that suspends. */
export const expressions: Record<string, string> = {
  itself: 'await v(1)',
  'a key of a method': '{ [await v("k")]() { return 1; } }',
  'a key of an async method': '{ async [await v("k")]() { return 1; } }',
  'a key of an async method that awaits': '{ async [await v("k")]() { return await 1; } }',
  'a key of a generator method': '{ *[await v("k")]() {} }',
  'a key of an async generator method': '{ async *[await v("k")]() {} }',
  'a key of a getter': '{ get [await v("k")]() { return 1; } }',
  'a key of a setter': '{ set [await v("k")](x) {} }',
  'a key of a property': '{ [await v("k")]: 1 }',
  'a key of an arrow': '{ [await v("k")]: async () => {} }',
  'a key of a method with super': '{ async [await v("k")]() { return super.x; } }',
  'a value': '{ k: await v(1) }',
  'a spread of an object': '{ ...(await v({ a: 1 })) }',
  'a spread of an array': '[...(await v([1]))]',
  'an element': '[, await v(1)]',
  'an argument': 'String(await v(1))',
  'a spread argument': 'String(...(await v([1])))',
  'a callee': '(await v(String))(1)',
  'a receiver': '(await v("ab")).at(1)',
  'a receiver of then': '(await v({ then: undefined, n: 1 })).n',
  'an argument of then': 'Promise.resolve(1).then(await v((x) => x + 1))',
  'an argument of catch': 'Promise.resolve(1).catch(await v((x) => x + 1))',
  'an argument of Promise.all': 'Promise.all([await v(1)])',
  'an argument of on':
    'new (require("node:events"))().on("x", await v(() => {})).listenerCount("x")',
  'an argument of setTimeout': 'typeof setTimeout(await v(() => {}), 0)',
  'an executor': 'new Promise(await v((resolve) => resolve(1)))',
  'a constructor': 'new (await v(Array))(1)',
  'an argument of new': 'new Array(await v(1))',
  'a template': '`${await v(1)}`',
  'a tag': '(await v(String.raw))`a`',
  'a part of a tagged template': 'String.raw`a${await v(1)}`',
  'a superclass': 'new (class extends (await v(Object)) { f = 1; })().f',
  'a key of a class method':
    'Object.getOwnPropertyNames((class { [await v("k")]() {} }).prototype)',
  'a key of a static class method':
    'Object.keys(Object.getOwnPropertyDescriptors(class { static async [await v("k")]() { await 1; } }))',
  'a key of an async class method':
    'Object.getOwnPropertyNames((class { async [await v("k")]() {} }).prototype)',
  'a key of an async class generator':
    'Object.getOwnPropertyNames((class { async *[await v("k")]() { yield await 1; } }).prototype)',
  'a key of a class getter':
    'Object.getOwnPropertyNames((class { get [await v("k")]() { return 1; } }).prototype)',
  'a key of a class field': 'Object.keys(new (class { [await v("k")] = 1; })())',
  'a key of a class field with an async arrow':
    'Object.keys(new (class { [await v("k")] = async () => await 1; })())',
  'a key of a static class field': 'Object.keys(class { static [await v("k")] = 1; })',
  'a class in a class':
    'Object.keys(new (class { [Object.keys(new (class { [await v("k")] = 1; })())[0]] = 1; })())',
  'an optional chain': '(await v({ a: 1 }))?.a',
  'an optional key': '({ a: 1 })?.[await v("a")]',
  'an optional argument': 'String?.(await v(1))',
  'an optional argument of then': 'Promise.resolve(1)?.then(await v((x) => x))',
  'a conditional': '0 ? await v(1) : 2',
  'a test': '(await v(1)) ? 1 : 2',
  'an alternative that is not taken': '1 || (await v(1))',
  'an alternative that is taken': 'null ?? (await v(1))',
  'a sequence': '(0, await v(1), 2)',
  'an operand': '1 + (await v(1))',
  'a unary operand': 'typeof (await v(1))',
  'a private brand check':
    'await class { #x; static async has(o) { return #x in (await v(o)); } }.has({})',
  'an assignment': 'globalThis.assignedByThisTest = await v(1)',
  'a logical assignment': '({ a: 1 }).a ??= await v(1)',
  'a pattern': '[globalThis.assignedByThisTest = await v(1)] = [2]',
  'a pattern that takes its default': '({ a: globalThis.assignedByThisTest = await v(1) } = {})',
  'a delete': 'delete (await v({ a: 1 })).a',
  'an async function that is called at once': 'await (async () => await v(1))()',
  'an inner function that awaits in its own key':
    'await (async () => ({ async [await v("k")]() {} }))()',
  'a default of an inner function': 'await ((x = (async () => await v(1))()) => x)()',
};
