import fc from 'fast-check';
import { getLocal, register, setLocal } from '../../runtime/src/index';
import * as kernel from '../../runtime/src/kernel/index';
import { bothWays, quiet } from '../harness/both-ways';
import { evaluate } from '../harness/instrument';
import { currentFrame } from '../harness/runtime';

// Random programs of nested `try`, loops, labels, switches, classes, generators and everything that can
// be awaited. Uncompiled and compiled they note the same, tick by tick. A program carries the model of
// its slot along: in every function `me` is what the slot must hold there.
//
// RANDOM_PROGRAMS=20000 RANDOM_SEED=7 npx jest random-control-flow

const programs = Number(process.env['RANDOM_PROGRAMS'] ?? 150);
const seed = Number(process.env['RANDOM_SEED'] ?? 20260729);

interface Place {
  readonly depth: number;
  readonly isAsync: boolean;
  readonly isGenerator?: boolean;
  readonly labels: readonly { readonly name: string; readonly isLoop: boolean }[];
  /** A generator that is being closed may be in its own frame or in the caller's. */
  readonly isBlind?: boolean;
}

/** Writes one program from a source of numbers. */
class Writer {
  private names = 0;

  constructor(private readonly int: (below: number) => number) {}

  program(): string {
    const body = this.block({ depth: 0, isAsync: true, labels: [] }, 5);
    return `export async function main() { let me = 'root'; const S = { me }; ${body} look(me, 'end'); return 'done'; }`;
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[this.int(choices.length)]!;
  }
  private fresh(prefix = 'n'): string {
    return `${prefix}${++this.names}`;
  }
  private chance(of: number): boolean {
    return this.int(of) === 0;
  }

  private block(at: Place, most = 3): string {
    const count = 1 + this.int(most);
    return Array.from({ length: count }, () => this.statement(at)).join('\n');
  }

  private look(at: Place): string {
    return at.isBlind ? '' : `look(me, ${++this.names});`;
  }

  /** Something to await, or any other operand. */
  private operand(at: Place): string {
    const n = ++this.names;
    if (!at.isAsync) return `(log(${n}), ${n})`;
    return this.pick([
      `(await ${n})`,
      `(await promise(${n}))`,
      `(await late(${n}))`,
      `(await thenable(${n}))`,
      `(await mine(${n}))`,
      `(await odd(${n}))`,
      `(log(${n}), ${n})`,
      ...(this.chance(3) ? [`(await rejects(${n}))`] : []),
      ...(this.chance(4) ? [`boom(${n})`] : []),
      ...(at.isGenerator && !at.isBlind ? [`${this.yields(at)}`] : []),
    ]);
  }

  private yields(at: Place): string {
    const inner = { ...at, isGenerator: false };
    return this.pick([
      `back(yield ${this.operand(inner)}, (S.me = me = C.me))`,
      `back(yield promise(${++this.names}), (S.me = me = C.me))`,
    ]);
  }

  private expression(at: Place): string {
    const a = (): string => this.operand(at);
    const k = this.fresh('k');
    return this.pick([
      () => a(),
      () => `${a()} + ${a()}`,
      () => `[${a()}, ...[${a()}], ${a()}].join()`,
      () => `JSON.stringify({ a: ${a()}, [${a()}]: ${a()}, ...{ b: ${a()} } })`,
      () => `(${a()} ? ${a()} : ${a()})`,
      () => `(${a()} && ${a()} || ${a()})`,
      () => `(null ?? ${a()})`,
      () => `\`\${${a()}}-\${${a()}}\``,
      () => `String.raw\`\${${a()}}\``,
      () => `Math.max(${a()}, ...[${a()}, ${a()}])`,
      () => `({ ${k}: (x) => x })?.${k}?.(${a()})`,
      () => `({ ${k}: { f(x) { return x; } } })[(${a()}, '${k}')]?.f(${a()})`,
      () => `(typeof ${a()})`,
      () => `new Box(${a()}).x`,
      () => `(o[${a()} % 2] += ${a()})`,
      () => `(o[0] ??= ${a()}) + (o.z ??= ${a()})`,
      () => `Object.keys(class { static [${a()}] = 1; static [(${a()}, 'q')]() {} }).join()`,
      () => `Object.keys({ async [(${a()}, '${k}')]() {} }).join()`,
    ])();
  }

  private statement(at: Place): string {
    const deeper = { ...at, depth: at.depth + 1 };
    const simple: (() => string)[] = [
      () => `log(${this.expression(at)});`,
      () => `log(${this.expression(at)});`,
      () => this.look(at),
      () => `set((S.me = me = 's${++this.names}'));`,
      () => this.pattern(at),
    ];
    const jumps: (() => string)[] = [() => this.jump(at)];
    const nested: (() => string)[] = [
      () => this.tryStatement(deeper),
      () => this.tryStatement(deeper),
      () => this.loop(deeper),
      () => this.loop(deeper),
      () => this.labelled(deeper),
      () => this.switchStatement(deeper),
      () =>
        `if (${this.expression(at)}) { ${this.block(deeper, 2)} } else { ${this.block(deeper, 2)} }`,
      () => this.call(deeper),
      () => this.call(deeper),
      () => this.reaction(deeper),
      () => this.generator(deeper),
      () => this.timer(deeper),
      () => this.combined(deeper),
    ];
    return this.pick([...simple, ...(at.depth < 4 ? nested : []), ...jumps])();
  }

  private pattern(at: Place): string {
    const [a, b] = [this.fresh('x'), this.fresh('y')];
    return this.pick([
      `const { ${a} = ${this.operand(at)}, [(${this.operand(at)}, 'q')]: ${b} = ${this.operand(at)} } = {}; log(${a}, ${b});`,
      `let [${a}, ${b} = ${this.operand(at)}] = [${this.operand(at)}]; ${a} += ${this.operand(at)}; log(${a}, ${b});`,
      `var ${a} = ${this.operand(at)}, ${b}; ({ ${b} = ${this.operand(at)} } = { q: ${this.operand(at)} }); log(${a}, ${b});`,
    ]);
  }

  private jump(at: Place): string {
    const n = ++this.names;
    const targets = at.labels.flatMap(({ name, isLoop }) =>
      isLoop ? [`break ${name};`, `continue ${name};`] : [`break ${name};`],
    );
    const jump = this.pick([
      `throw new Error('t${n}');`,
      `return ${this.expression(at)};`,
      ...(at.isAsync && !at.isGenerator
        ? [
            `return ${this.pick([`promise(${n})`, `late(${n})`, `thenable(${n})`, `rejects(${n})`])};`,
          ]
        : []),
      'return;',
      ...targets,
      ...targets,
    ]);
    // Most jumps are taken at some times only, so that what follows is not always dead.
    return this.chance(3) ? jump : `if (coin(${n})) { ${jump} }`;
  }

  private tryStatement(at: Place): string {
    const blind = at.isGenerator ? { ...at, isBlind: true } : at;
    const e = this.fresh('e');
    const param = this.pick([
      `(${e})`,
      `({ message: ${e}, x = ${this.operand(at.isGenerator ? blind : at)} })`,
      '',
    ]);
    const handler = `catch ${param} { ${this.look(blind)} ${param ? `log('caught', String(${e}));` : ''} ${this.block(blind, 2)} }`;
    const cleanUp = `finally { ${this.look(blind)} log('finally ${++this.names}'); ${this.block(blind, 2)} }`;
    const form = this.int(3);
    return `try { ${this.block(at)} } ${form === 0 ? handler : form === 1 ? `${handler} ${cleanUp}` : cleanUp}`;
  }

  private loop(at: Place): string {
    const name = this.fresh('L');
    const i = this.fresh('i');
    const inside = { ...at, labels: [...at.labels, { name, isLoop: true }] };
    const body = (): string => `{ ${this.look(at)} ${this.block(inside)} }`;
    const items = `[${this.operand(at)}, ${this.operand(at)}]`;
    const asyncItems = `[${this.pick(['1', 'promise(1)', 'late(1)'])}, ${this.pick(['2', 'thenable(2)', 'promise(2)', ...(this.chance(4) ? ['rejects(2)'] : [])])}]`;
    const loops: (() => string)[] = [
      () =>
        `for (let ${i} = 0; ${i} < (${this.operand(at)}, 2); ${i}++, ${this.operand(at)}) ${body()}`,
      () => `for (const ${i} of ${items}) ${body()}`,
      () => `for (const ${i} of closing(${at.isBlind ? 'undefined' : '() => me'})) ${body()}`,
      () => `for (const [${i} = ${this.operand(at)}] of [[], [1]]) ${body()}`,
      () => `for (o.k of ${items}) ${body()}`,
      () => `for (const ${i} in { a: ${this.operand(at)}, b: 2 }) ${body()}`,
    ];
    if (at.isAsync) {
      loops.push(
        () => `for await (const ${i} of ${asyncItems}) ${body()}`,
        () => `for await (const { ${i} = ${this.operand(at)} } of [{}, promise({})]) ${body()}`,
        () => `for await (o[(${this.operand(at)}, 'k')] of ${asyncItems}) ${body()}`,
      );
    }
    const tail = this.chance(2) ? '' : `log('after ${name}');`;
    if (this.chance(4)) {
      const n = this.fresh('c');
      const form = this.chance(2)
        ? `while (${n}-- > 0 && (${this.operand(at)}, true)) ${body()}`
        : `do ${body()} while (--${n} > 0 && (${this.operand(at)}, true));`;
      return `{ let ${n} = 2; ${name}: ${form} } ${tail}`;
    }
    return `${name}: ${this.pick(loops)()} ${this.look(at)} ${tail}`;
  }

  private labelled(at: Place): string {
    const name = this.fresh('B');
    return `${name}: { ${this.block({ ...at, labels: [...at.labels, { name, isLoop: false }] })} }`;
  }

  private switchStatement(at: Place): string {
    const name = this.fresh('W');
    const inside = { ...at, labels: [...at.labels, { name, isLoop: false }] };
    const brk = (): string => (this.chance(2) ? 'break;' : '');
    return `${name}: switch (${this.operand(at)} % 3) { case (${this.operand(at)}, 0): { ${this.block(inside, 2)} } ${brk()} case 1: { ${this.block(inside, 2)} } ${brk()} default: { ${this.block(inside, 1)} } case (${this.operand(at)}, 2): log('two'); }`;
  }

  /** An async function in one of its forms, called at once; awaited, returned or left alone. */
  private call(at: Place): string {
    const inside: Place = { depth: at.depth, isAsync: true, labels: [] };
    const body = `const S = { me }; ${this.block(inside)}`;
    const f = this.fresh('f');
    const given = this.pick([
      'me',
      `me, x = ${'(log("default"), 1)'}`,
      'me, { q = 1 } = {}',
      'me, ...rest',
    ]);
    const form = this.pick([
      `const ${f} = async (${given}) => { ${body} };`,
      `const ${f} = async (me) => ${this.expression(inside)};`,
      `async function ${f}(${given}) { ${body} }`,
      `const ${f} = async function (${given}) { ${body} };`,
      `const ${f} = async function self(${given}) { typeof self; ${body} };`,
      `const { ${f} } = { async ${f}(${given}) { ${body} } };`,
      `const ${f} = (...args) => new (class extends Box { async m(${given}) { ${body} } })().m(...args);`,
      `const ${f} = (...args) => (class { static async m(${given}) { ${body} } }).m(...args);`,
      `const ${f} = (...args) => new (class { async #m(${given}) { ${body} } m(...args) { return this.#m(...args); } })().m(...args);`,
    ]);
    const uses = [`ps.push(quiet(${f}(me)));`, `ps.push(quiet(${f}(me))); ${this.look(at)}`];
    if (at.isAsync)
      uses.push(
        `log(await ${f}(me));`,
        `log(await ${f}(me)); ${this.look(at)}`,
        `log(await ${f}(me) + ${this.operand(at)});`,
      );
    if (at.isAsync && !at.isGenerator) uses.push(`if (coin(${++this.names})) return ${f}(me);`);
    return `${form} ${this.pick(uses)}`;
  }

  private reaction(at: Place): string {
    const inside: Place = { depth: at.depth, isAsync: false, labels: [] };
    const callback = (): string =>
      `() => { let me = mine; const S = { me }; ${this.look(inside)} ${this.block(inside, 2)} }`;
    const source = this.pick([
      'promise(1)',
      'rejects(1)',
      'late(1)',
      'Promise.resolve(thenable(1))',
      'new Promise((resolve) => { look(me, "executor"); resolve(late(1)); })',
    ]);
    const method = this.pick([
      () => `then(${callback()})`,
      () => `then(${callback()}, ${callback()})`,
      () => `catch(${callback()})`,
      () => `finally(${callback()})`,
    ])();
    const chained = `${source}${this.chance(3) ? '?.' : '.'}${method}`;
    const use =
      at.isAsync && this.chance(2)
        ? `log(await ${chained}); ${this.look(at)}`
        : `ps.push(quiet(${chained}));`;
    return `{ const mine = me; ${use} }`;
  }

  private generator(at: Place): string {
    const g = this.fresh('g');
    const inside: Place = { depth: at.depth, isAsync: true, isGenerator: true, labels: [] };
    const body = this.block(inside);
    const more = this.pick([
      '',
      'yield* [1, promise(2)]; S.me = me = C.me;',
      'yield 1; S.me = me = C.me;',
    ]);
    // `C` is the box of whoever calls `next()`.
    const walk = `const C = S; { let me = C.me; const S = { me }; ${body} ${more} }`;
    const form = this.pick([
      `async function* ${g}() { ${walk} }`,
      `const ${g} = async function* () { ${walk} };`,
      `const { ${g} } = { async *${g}() { ${walk} } };`,
    ]);
    const name = this.fresh('G');
    const inLoop = { ...at, labels: [...at.labels, { name, isLoop: true }] };
    if (!at.isAsync || at.isBlind || at.isGenerator)
      return `${form} ps.push(quiet(${g}().next()));`;
    return `${form} ${this.pick([
      () =>
        `${name}: for await (const y of ${g}()) { ${this.look(at)} log('got', y); ${this.block(inLoop, 2)} } ${this.look(at)}`,
      () =>
        `{ const it = ${g}(); log(await it.next()); ${this.look(at)} log(await it.next(${this.operand(at)})); log(await it.return(late(9))); ${this.look(at)} }`,
      () =>
        `{ const it = ${g}(); await it.next(); try { log(await it.throw(new Error('into'))); } catch (e) { ${this.look(at)} log(String(e)); } }`,
      () =>
        `{ const it = ${g}(); log(await Promise.all([it.next(), it.next()])); ${this.look(at)} }`,
    ])()}`;
  }

  private timer(at: Place): string {
    const inside: Place = { depth: at.depth, isAsync: false, labels: [] };
    const body = `try { ${this.look(inside)} ${this.block(inside, 2)} } catch (e) { log(String(e)); }`;
    const how = this.pick(['setImmediate', 'queueMicrotask', 'process.nextTick']);
    return `{ const mine = me; ${how}(() => { let me = mine; const S = { me }; ${body} }); }`;
  }

  private combined(at: Place): string {
    const parts = `[promise(1), ${this.pick(['late(2)', 'thenable(2)', 'rejects(2)', '2'])}, (async (me) => { ${this.look({ ...at, isBlind: false })} return ${this.operand({ depth: 9, isAsync: true, labels: [] })}; })(me)]`;
    const method = this.pick(['all', 'allSettled', 'race', 'any']);
    const all = `quiet(Promise.${method}(${parts}))`;
    return at.isAsync && this.chance(2)
      ? `log(kinds(await ${all})); ${this.look(at)}`
      : `ps.push(${all});`;
  }
}

interface Run {
  readonly trace: readonly string[];
  readonly wrong: readonly string[];
}

const slot = register('root');

async function execute(code: string, { isCompiled }: { isCompiled: boolean }): Promise<Run> {
  const trace: string[] = [];
  const wrong: string[] = [];
  const log = (...values: unknown[]): void => {
    if (trace.length > 5000) throw new Error('too long');
    trace.push(values.map(text).join(' '));
  };
  const look = (me: string, where: unknown): void => {
    if (isCompiled && getLocal(slot) !== me)
      wrong.push(`${String(where)}: ${getLocal(slot)}, not ${me}`);
  };
  const watch = (): void => {
    // No strand runs here; what comes over the bridge is no leak.
    const left = currentFrame().get(slot);
    if (left !== 'root') wrong.push(`leaked ${left} after ${trace[trace.length - 1]}`);
  };
  class Mine extends Promise<unknown> {}
  const flips = new Map<number, number>();
  const ps: unknown[] = [];
  const given = {
    log,
    look,
    ps,
    o: {} as object,
    set: (value: string) => isCompiled && setLocal(slot, value),
    promise: (x: unknown) => (log('p', x), queueMicrotask(watch), Promise.resolve(x)),
    late: (x: unknown) =>
      new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => (watch(), resolve(x))))),
    thenable: (x: unknown) => ({
      then(resolve: (x: unknown) => void) {
        log('then', x);
        resolve(x);
      },
    }),
    mine: (x: unknown) => Mine.resolve(x),
    odd: (x: unknown) => Object.assign([x], { then: x }),
    rejects: (x: unknown) => quieted(Promise.reject(new Error(`r${String(x)}`))),
    boom: (x: unknown) => {
      throw new Error(`b${String(x)}`);
    },
    // Every other time.
    coin: (n: number) => {
      const flip = (flips.get(n) ?? n) + 1;
      flips.set(n, flip);
      return flip % 2 === 0;
    },
    back: (x: unknown) => x,
    quiet: quieted,
    kinds: (x: unknown) =>
      Array.isArray(x) ? x.map((one: { status?: string }) => one?.status ?? one) : x,
    Box: class {
      constructor(readonly x?: unknown) {}
    },
    *closing(me: (() => string) | undefined) {
      try {
        yield 1;
        yield 2;
      } finally {
        if (me) look(me(), 'closing');
        log('closed');
      }
    },
  };
  kernel.setCurrentFrame(kernel.OUTSIDE);
  let beat = Promise.resolve();
  for (let i = 0; i < 40; i++)
    beat = beat.then(() => {
      watch();
      log(`tick ${i}`);
    });
  const { main } = evaluate(code, given) as { main: () => Promise<unknown> };
  main().then(
    (value) => log('fulfilled', value),
    (error: unknown) => log('rejected', error),
  );
  watch();
  await quiet(4);
  watch();
  return { trace, wrong };
}

function quieted<P>(promise: P): P {
  if (promise instanceof Promise) Promise.prototype.then.call(promise, undefined, () => {});
  return promise;
}

function text(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Promise) return 'a promise';
  return JSON.stringify(value);
}

/** A program from one number, so that a failing one is named by it. */
function written(number: number): string {
  let state = number >>> 0;
  const int = (below: number): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
  return new Writer(int).program();
}

test('random programs do what they did uncompiled, and see the slot that the model says', async () => {
  let noted = 0;
  await fc.assert(
    fc.asyncProperty(fc.noShrink(fc.nat({ max: 2 ** 31 - 1 })), async (number) => {
      const source = written(number);
      const { plain, compiled } = bothWays(source);
      const before = await execute(plain, { isCompiled: false });
      const after = await execute(compiled, { isCompiled: true });
      noted += after.trace.length;
      expect({ number, ...after, source }).toEqual({
        number,
        trace: before.trace,
        wrong: [],
        source,
      });
    }),
    { seed, numRuns: programs, endOnFailure: true },
  );

  expect(noted).toBeGreaterThan(programs * 40);
}, 3_600_000);
