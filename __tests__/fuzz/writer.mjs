// Writes random programs. A program carries its own model: `me` is what the strand that runs must see: `v` in
// its slot, `w` in its two storages. Whoever runs in one synchronous run shares one `w`, as `enterWith` has
// it; an `await` takes one of its own along (kit.mjs).
//
// A program is a tree of statements, so that a failing one can be made smaller: whatever is left out, the
// rest still runs.

/** A statement: text, with blocks between the pieces. */
const node = (pieces, ...blocks) => ({ pieces, blocks });

export function textOf(statements) {
  return statements
    .map(({ pieces, blocks }) =>
      pieces.map((piece, i) => piece + (i < blocks.length ? textOf(blocks[i]) : '')).join(''),
    )
    .join('\n');
}

/** Mulberry32: small, and the same everywhere. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export function written(seed) {
  return new Writer(randomOf(seed)).program();
}

class Writer {
  points = 0;
  promises = 0;
  bound = 0;

  constructor(random) {
    this.random = random;
    // Timers race with immediates: only some programs have them, and those are not compared tick by tick.
    this.hasTimers = random(4) === 0;
  }

  program() {
    return this.block({ depth: 0, isAsync: true, mayThrow: true, inside: [] }, 3 + this.random(7));
  }

  pick(choices) {
    return choices[this.random(choices.length)];
  }

  /** What a statement did shows in the next look. */
  block(at, count = 1 + this.random(3)) {
    return Array.from({ length: count }, () => this.statement(at)).flatMap((statement) =>
      this.random(2) === 0 ? [statement, this.look()] : [statement],
    );
  }

  statement(at) {
    const deeper = { ...at, depth: at.depth + 1 };
    const choices = [this.look];
    if (!at.outside) choices.push(this.set, this.set, this.enter, this.enter);
    if (at.depth < 4) {
      choices.push(this.run, this.run, this.call, this.call, this.later, this.reaction, this.made);
      choices.push(this.attempt, this.sync, this.bind, this.foreign);
      if (!at.inListener) choices.push(this.listener, this.listener, this.emit, this.emit);
    }
    choices.push(this.callBound);
    if (at.isAsync) choices.push(this.wait, this.wait, this.wait, this.waitFor, this.waitFor);
    if (at.isAsync && at.depth < 4) choices.push(this.walk, this.waitRun);
    if (at.mayThrow) choices.push(this.fail);
    return this.pick(choices).call(this, deeper, at);
  }

  look() {
    return node([`look(${++this.points}, me);`]);
  }

  set() {
    return node([`set(me, '${++this.points}');`]);
  }

  enter(at) {
    const store = this.random(6) === 0 && !at.elsewhere ? 'undefined' : `'${++this.points}'`;
    return node([`enter(me, '${this.pick('ab')}', ${store});`]);
  }

  store(name, { elsewhere }) {
    if (elsewhere) return `'${++this.points}'`;
    return this.pick([`'${++this.points}'`, `'${++this.points}'`, 'undefined', `me.w.${name}`]);
  }

  /** A synchronous run. */
  run(deeper) {
    const name = this.pick('ab');
    return node(
      [`run(me, '${name}', ${this.store(name, deeper)}, (me) => {`, '});'],
      this.block({ ...deeper, isAsync: false }),
    );
  }

  /** A run of an async function. */
  waitRun(deeper) {
    const name = this.pick('ab');
    return node(
      [
        `await own(me, run(me, '${name}', ${this.store(name, deeper)}, async (me) => { me = child(me);`,
        '}));',
      ],
      this.block({ ...deeper, outside: false }),
    );
  }

  /** Calls an async function: its promise is there for everybody who comes later. */
  call(deeper) {
    const id = this.promises++;
    const inside = [...deeper.inside, id];
    const body = this.block({ ...deeper, isAsync: true, mayThrow: true, outside: false, inside });
    const given = this.older(inside, id);
    const end = given !== undefined && this.random(3) === 0 ? `return ps[${given}];` : '';
    const [open, close] = this.pick([
      ['(async (me) => {', '})(child(me))'],
      ['(async function named(me) {', '})(child(me))'],
      ['({ async method(me) {', '} }).method(child(me))'],
      ['(async (me, other = me) => {', '})(child(me))'],
      ['(async (...args) => { const [me] = args;', '})(child(me))'],
      ['(class { static async #own(me) {', '} static own = this.#own; }).own(child(me))'],
      ['[child(me)].map(async (me) => {', '})[0]'],
      ['call(async (me) => {', '}, child(me))'],
    ]);
    return node([`ps[${id}] = quiet(${open}`, `${end} ${close});`], body);
  }

  later(deeper) {
    const starts = ['setImmediate', 'queueMicrotask', 'process.nextTick'];
    if (this.hasTimers) starts.push('setTimeout', 'setTimeout');
    const start = this.pick(starts);
    const [open, close] = this.pick([
      ['() => { const me = fresh(at);', 'done(); }'],
      ['() => { const me = fresh(at);', 'done(); }'],
      ['async () => { const me = child(fresh(at));', 'done(); }'],
    ]);
    const isAsync = open.startsWith('async');
    const body = this.block({ ...deeper, isAsync, mayThrow: false, outside: false });
    // An await of something that rejected would throw.
    const [before, after] = isAsync ? ['try {', '} catch (e) { note(e); }'] : ['', ''];
    const last = start === 'setTimeout' ? ', 1' : '';
    return node(
      [
        `{ const at = snap(me), done = hold(); ${start}(${open} ${before}`,
        `${after} ${close}${last}); }`,
      ],
      body,
    );
  }

  reaction(deeper) {
    const source = this.older(deeper.inside, this.promises);
    if (source === undefined) return this.look();
    const id = this.promises++;
    const inside = [...deeper.inside, id];
    const isAsync = this.random(4) === 0;
    const body = this.block({ ...deeper, isAsync, mayThrow: true, outside: false, inside });
    const given = this.older(inside, id);
    const end = given !== undefined && this.random(3) === 0 ? `return ps[${given}];` : '';
    const [open, close] = this.pick([
      ['then(', ')'],
      ['then(undefined, ', ')'],
      ['then((x) => x, ', ')'],
      ['catch(', ')'],
      ['finally(', ')'],
    ]);
    const start = isAsync
      ? 'async () => { const me = child(fresh(at));'
      : '() => { const me = fresh(at);';
    return node(
      [
        `if (ps[${source}]) { const at = snap(me); ps[${id}] = quiet(ps[${source}].${open}${start}`,
        `${end} }${close}); }`,
      ],
      body,
    );
  }

  /** A promise that is made by hand, or of others. */
  made(deeper) {
    const id = this.promises++;
    const inside = [...deeper.inside, id];
    const parts = [this.older(inside, id), this.older(inside, id)].filter(
      (one) => one !== undefined,
    );
    if (this.random(2) === 0) {
      const method = this.pick(['all', 'allSettled', 'race', 'any']);
      return node([
        `ps[${id}] = quiet(Promise.${method}([${parts.map((part) => `ps[${part}]`).join()}, 1]));`,
      ]);
    }
    const settle = this.pick([
      'resolve(1)',
      `reject(new Error('${++this.points}'))`,
      'resolve(ps[0])',
    ]);
    const at = { ...deeper, isAsync: false, inside };
    return node(
      [
        `ps[${id}] = quiet(new Promise((resolve, reject) => {`,
        `const at = snap(me), done = hold(); setImmediate(() => { const me = fresh(at);`,
        `${settle.replace('ps[0]', parts.length > 0 ? `ps[${parts[0]}]` : '2')}; done(); }); }));`,
      ],
      this.block({ ...at, mayThrow: true }, this.random(2)),
      this.block({ ...at, mayThrow: false, outside: false }),
    );
  }

  attempt(deeper) {
    const inner = this.block({ ...deeper, mayThrow: true });
    const form = this.random(deeper.mayThrow ? 3 : 2);
    const rest = () => this.block(deeper);
    if (form === 0) return node(['try {', '} catch (e) { note(e);', '}'], inner, rest());
    if (form === 1)
      return node(['try {', '} catch (e) { note(e);', '} finally {', '}'], inner, rest(), rest());
    return node(['try {', '} finally {', '}'], inner, rest());
  }

  /** Code that was not compiled calls back at once. */
  sync(deeper) {
    return node(['call(() => {', '});'], this.block({ ...deeper, isAsync: false }));
  }

  /** Code that was not compiled calls back later: nobody's strand. */
  foreign(deeper) {
    const how = this.pick(['inMicrotask', 'inTick', 'inImmediate', 'afterAwait']);
    const at = { ...deeper, isAsync: false, mayThrow: false, outside: true };
    return node([`${how}(me, (me) => {`, '});'], this.block(at));
  }

  bind(deeper) {
    const id = this.bound++;
    const at = { ...deeper, isAsync: false, mayThrow: false, outside: false, inBound: true };
    return node(
      [`{ const at = snap(me); bs[${id}] = bind(() => { const me = fresh(at);`, '}); }'],
      this.block({ ...at, depth: 4 }),
    );
  }

  callBound(_, at) {
    // One that calls another would never end.
    if (this.bound === 0 || at.inBound) return this.look();
    return node([`bs[${this.random(this.bound)}]?.();`]);
  }

  /** A listener that sees its trigger, or, where it says so, its registration: Node knows no such thing. */
  listener(deeper) {
    const elsewhere = this.random(3) === 0;
    const add = this.pick(['on', 'once', 'prependListener']);
    const at = { ...deeper, isAsync: false, mayThrow: true, outside: false, inListener: true };
    if (!elsewhere) return this.listening(add, at);
    // Chance alone has few strands that entered something and then listen to another one.
    const [one, other] = this.pick([
      ['a', 'b'],
      ['b', 'a'],
    ]);
    const before = deeper.outside ? '' : `enter(me, '${one}', '${++this.points}');`;
    const first = `enter(me, '${other}', '${++this.points}');`;
    return node(
      [
        `{ ${before} const at = snap(me); /* throughline: registration */ emitter.${add}('y', () => {
          const { me, over } = heardElsewhere(at); try { ${first}`,
        '} finally { over(); } }); }',
      ],
      this.block({ ...at, elsewhere: true }),
    );
  }

  listening(add, at) {
    return node(
      [
        `{ const at = snap(me); emitter.${add}('x', () => { const { me, over } = heard(at); try {`,
        '} finally { over(); } }); }',
      ],
      this.block(at),
    );
  }

  emit() {
    const event = this.pick('xy');
    return node([
      this.pick([`emit(me, '${event}');`, `emit(me, '${event}');`, `emitOutside(me, '${event}');`]),
    ]);
  }

  wait(deeper) {
    const choices = ['null', 'turn()', 'Promise.resolve(1)', 'foreignPromise()', 'thenable'];
    const choice = this.pick(choices);
    if (choice !== 'thenable') return node([`await own(me, ${choice});`]);
    const end = this.pick([
      'resolve(1);',
      `reject(new Error('${++this.points}'));`,
      'setImmediate(resolve);',
    ]);
    if (end.startsWith('reject') && !deeper.mayThrow) return node(['await own(me, null);']);
    return node(
      [
        `{ const at = snap(me); await own(me, { then(resolve, reject) { const me = fresh(at);`,
        `${end} } }); }`,
      ],
      this.block({ ...deeper, isAsync: false, mayThrow: deeper.mayThrow, depth: 4 }),
    );
  }

  waitFor({ inside, mayThrow }) {
    const source = this.older(inside, this.promises);
    if (source === undefined || !mayThrow) return node(['await own(me, null);']);
    return node([`await own(me, ps[${source}]);`]);
  }

  walk(deeper) {
    const source = this.older(deeper.inside, this.promises);
    const first = source === undefined || !deeper.mayThrow ? '1' : `ps[${source}]`;
    return node(
      [
        `for await (const _ of own(me, [${first}, 2])) {`,
        `${this.pick(['', 'break;', 'continue;'])} }`,
      ],
      this.block(deeper),
    );
  }

  fail() {
    return node([`if (${this.random(3)} !== 0) throw new Error('${++this.points}');`]);
  }

  /** A promise that none of those this is inside of waits for, so that everything ends. */
  older(inside, below) {
    const choices = [...Array(below).keys()].filter((id) => !inside.includes(id));
    return choices.length === 0 ? undefined : this.pick(choices);
  }
}
