import { transformSync } from '@babel/core';
import fc from 'fast-check';
import { evaluate, instrument } from '../harness/instrument';
import { EventEmitter } from 'node:events';
import { inMicrotask, turn } from '../harness/uncompiled';

// A random program carries its own model: beside every slot it keeps, in plain variables handed on
// by hand, what that slot must hold. `me` is the model of the strand that runs.

interface Random {
  int(below: number): number;
}

/** Writes one random program. Everything that is awaited ends: only older promises are awaited. */
class Writer {
  private points = 0;
  private promises = 0;

  constructor(private readonly random: Random) {}

  program(): string {
    const body = this.block({ depth: 0, isAsync: true, inside: [] });
    return `
      import { getLocal, register, setLocal } from '@throughline/runtime';
      const plain = register('root');
      const seen = register([], { join: (mine, theirs) => union(mine, theirs) });
      export const atRoot = () => getLocal(plain) === 'root' && getLocal(seen).length === 0;
      const look = (id, me) => note(id, getLocal(plain), me.v, getLocal(seen), me.j);
      const add = (n, me) => { setLocal(seen, union(getLocal(seen), [n])); me.j = union(me.j, [n]); };
      const set = (n, me) => { setLocal(plain, n); me.v = n; };
      const ps = [], cs = [];
      let trigger;
      export async function main(me) { try { ${body} } catch (error) { take(me); note('main ' + error.message); } }
    `;
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[this.random.int(choices.length)]!;
  }

  private block(at: Place): string {
    const count = 1 + this.random.int(at.depth === 0 ? 7 : 3);
    return Array.from({ length: count }, () => this.statement(at)).join('\n');
  }

  private statement(at: Place): string {
    const point = ++this.points;
    const deeper = { ...at, depth: at.depth + 1 };
    const sync: (() => string)[] = [
      () => `look(${point}, me);`,
      () => `look(${point}, me);`,
      () => `set('s${point}', me);`,
      () => `add('j${point}', me);`,
    ];
    const nested: (() => string)[] = [
      () => this.tryStatement(deeper),
      () => this.spawn(deeper),
      () => this.spawn(deeper),
      () => this.callback(deeper),
      () => this.reaction(deeper),
      () => this.settled(deeper),
    ];
    if (!at.inListener) {
      nested.push(
        () => this.listener(deeper),
        () => emit,
        () => 'emitOutside();',
      );
    }
    const suspending: (() => string)[] = [
      () => `await ${this.pick(['null', 'turn()', 'foreign()', 'Promise.resolve(1)'])};`,
      () => this.awaitSpawned(at),
      () => this.awaitSpawned(at),
      () => this.forAwait(deeper),
    ];
    const throwing: (() => string)[] =
      at.inTry || at.isAsync
        ? [
            () => `if (${this.random.int(3)} === 0) throw new Error('t${point}');`,
            ...(at.isAsync
              ? [
                  () =>
                    `if (${this.random.int(3)} === 0) await Promise.reject(new Error('r${point}'));`,
                ]
              : []),
          ]
        : [];
    const choices = [
      ...sync,
      ...(at.depth < 4 ? nested : []),
      ...(at.isAsync ? suspending : []),
      ...throwing,
    ];
    return this.pick(choices)();
  }

  private tryStatement(at: Place): string {
    const take = at.isAsync ? 'take(me);' : '';
    const inner = this.block({ ...at, inTry: true });
    const handler = `catch (error) { ${take} note(error.message); ${this.block(at)} }`;
    const cleanUp = `finally { ${take} ${this.block(at)} }`;
    // Without a handler the error goes on, which plain callbacks must not do.
    const form = at.isAsync || at.inTry ? this.random.int(3) : this.random.int(2);
    return `try { ${inner} } ${form === 0 ? handler : form === 1 ? `${handler} ${cleanUp}` : cleanUp}`;
  }

  private spawn(at: Place): string {
    const id = this.promises++;
    const body = this.block({ ...at, isAsync: true, inTry: false, inside: [...at.inside, id] });
    const given = this.older([...at.inside, id], id);
    const ending =
      given !== undefined && this.random.int(3) === 0
        ? `me.adopted = cs[${given}]; return ps[${given}];`
        : '';
    // A body that throws leaves before it returns: what it did not adopt is then not its own.
    return `
      cs[${id}] = child(me);
      ps[${id}] = (async (me) => { ${body} ${ending} })(cs[${id}]);
      quiet(ps[${id}]);
    `;
  }

  private callback(at: Place): string {
    const how = this.pick(['setImmediate', 'queueMicrotask', 'process.nextTick']);
    const body = this.block({ ...at, isAsync: false, inTry: false });
    return `{
      const parent = child(me), done = hold();
      ${how}(() => { const me = parent; ${body} done(); });
    }`;
  }

  private listener(at: Place): string {
    const body = this.block({ ...at, isAsync: false, inTry: false, inListener: true });
    const add = this.pick(['on', 'once', 'prependListener']);
    return `{
      const registered = child(me);
      emitter.${add}('x', () => {
        const me = trigger === undefined ? child(registered) : joined(child(trigger), registered);
        const outer = trigger; trigger = undefined;
        ${body}
        trigger = outer;
      });
    }`;
  }

  private reaction(at: Place): string {
    const source = this.older(at.inside, this.promises);
    if (source === undefined) return 'look("none", me);';
    const id = this.promises++;
    const body = this.block({ ...at, isAsync: false, inTry: false, inside: [...at.inside, id] });
    const given = this.older([...at.inside, id], id);
    const result =
      given === undefined || this.random.int(2) === 0
        ? ''
        : `me.adopted = cs[${given}]; return ps[${given}];`;
    const run = `() => { const me = mine; begin(me); ${body} ${result} }`;
    const method = this.pick(['then(RUN)', 'then(RUN, RUN)', 'catch(RUN)', 'finally(RUN)']);
    return `
      if (ps[${source}]) {
        const mine = cs[${id}] = reactionOf(me, cs[${source}]);
        ps[${id}] = ps[${source}].${method.replaceAll('RUN', run)};
        quiet(ps[${id}]);
      }
    `;
  }

  private settled(at: Place): string {
    const parts = [this.older(at.inside, this.promises), this.older(at.inside, this.promises)];
    const known = parts.filter((part) => part !== undefined);
    const id = this.promises++;
    if (this.random.int(2) === 0) {
      const list = known.map((part) => `ps[${part}]`).join(', ');
      const all = known.map((part) => `cs[${part}]`).join(', ');
      return `
        cs[${id}] = { v: 'root', j: [], adopted: [${all}] };
        ps[${id}] = Promise.allSettled([${list}]);
      `;
    }
    const body = this.block({ ...at, isAsync: false, inTry: false, inside: [...at.inside, id] });
    const settle = this.pick(['resolve(1)', 'reject(new Error("executor"))']);
    return `{
      const parent = child(me), done = hold(), settled = cs[${id}] = { v: 'root', j: [] };
      ps[${id}] = new Promise((resolve, reject) => setImmediate(() => {
        const me = parent; ${body} settled.j = me.j; ${settle}; done();
      }));
      quiet(ps[${id}]);
    }`;
  }

  private awaitSpawned({ inside }: Place): string {
    const source = this.older(inside, this.promises);
    if (source === undefined) return 'await null;';
    return `me.awaiting = cs[${source}]; await ps[${source}]; take(me);`;
  }

  private forAwait(at: Place): string {
    const source = this.older(at.inside, this.promises);
    const first = source === undefined ? '1' : `ps[${source}]`;
    const body = this.block(at);
    return `{
      const list = [${first}, 2];
      ${source === undefined ? '' : `me.awaiting = cs[${source}];`}
      for await (const item of list) { take(me); ${body} ${this.pick(['', 'break;', 'continue;'])} }
      take(me);
    }`;
  }

  /** A promise that exists already and that none of those it is inside of waits for. */
  private older(inside: readonly number[], below: number): number | undefined {
    const choices = [...Array(below).keys()].filter((id) => !inside.includes(id));
    return choices.length === 0 ? undefined : this.pick(choices);
  }
}

interface Place {
  readonly depth: number;
  readonly isAsync: boolean;
  readonly inTry?: boolean;
  readonly inListener?: boolean;
  /** The promises whose bodies this is inside of. */
  readonly inside: readonly number[];
}

const emit = `{
  const outer = trigger; trigger = me;
  try { emitter.emit('x'); } finally { trigger = outer; }
}`;

/** What a strand ought to hold: the plain slot, the joined slot, and what it takes over. */
interface Model {
  v: string;
  j: readonly string[];
  awaiting?: Model | undefined;
  adopted?: Model | readonly (Model | undefined)[] | undefined;
  start?: Model | undefined;
}

interface Run {
  readonly trace: string[];
  readonly wrong: string[];
}

const union = (a: readonly string[], b: readonly string[]): readonly string[] =>
  [...new Set([...a, ...b])].sort();
const child = ({ v, j }: Model): Model => ({ v, j });
const joined = (mine: Model, theirs: Model): Model => ({ v: mine.v, j: union(mine.j, theirs.j) });

/** Everything that a strand ended with, what it took over included. */
function ended(model: Model | undefined): readonly string[] {
  if (model === undefined) return [];
  const { adopted, awaiting } = model;
  let all = model.start === undefined ? model.j : [];
  if (awaiting) all = union(all, ended(awaiting));
  for (const part of Array.isArray(adopted) ? (adopted as Model[]) : [adopted as Model]) {
    all = union(all, ended(part));
  }
  return all;
}

function take(me: Model): void {
  const { awaiting } = me;
  me.awaiting = undefined;
  if (awaiting) me.j = union(me.j, ended(awaiting));
}

async function execute(code: string, { checked }: { checked: boolean }): Promise<Run> {
  const trace: string[] = [];
  const wrong: string[] = [];
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  let held = 0;
  let isAtRoot = (): boolean => true;
  const watch = (): void => {
    if (checked && !isAtRoot()) wrong.push('code that was not compiled does not see root');
  };
  const given = {
    union,
    child,
    joined,
    take,
    emitter,
    turn,
    note(id: unknown, plain?: string, v?: string, seen?: readonly string[], j?: string[]) {
      trace.push(String(id));
      outside(watch);
      if (!checked || plain === undefined) return;
      if (plain !== v) wrong.push(`${String(id)}: plain is ${plain}, not ${v}`);
      const [is, ought] = [union(seen!, []).join(), union(j!, []).join()];
      if (is !== ought) wrong.push(`${String(id)}: seen is [${is}], not [${ought}]`);
    },
    hold() {
      held++;
      return () => void held--;
    },
    quiet: (promise: Promise<unknown>) => void swallow(promise),
    foreign: () => ({ then: (resolve: (value: number) => void) => resolve(1) }),
    /** A reaction stands for its source until it runs. */
    reactionOf: (me: Model, source: Model): Model => ({
      ...child(me),
      start: source,
      adopted: source,
    }),
    begin(me: Model) {
      me.j = union(me.j, ended(me.start));
      me.start = undefined;
      me.adopted = undefined;
    },
    emitOutside() {
      held++;
      outside(() => {
        try {
          emitter.emit('x');
        } finally {
          held--;
        }
      });
    },
  };
  const exports = evaluate(code, given);
  isAtRoot = exports['atRoot'] as () => boolean;
  await (exports['main'] as (me: Model) => Promise<void>)({ v: 'root', j: [] });
  for (let quietTurns = 0; quietTurns < 3; quietTurns++) {
    await pause();
    if (held > 0) quietTurns = 0;
  }
  return { trace, wrong };
}

const outside = (fn: () => void): void => void inMicrotask(fn);
// throughline: off
const swallow = (promise: Promise<unknown>): unknown => promise.then(undefined, () => {});
// throughline: off
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

function plainly(source: string): string {
  const plugins = [require('@babel/plugin-transform-modules-commonjs') as object];
  return transformSync(source, { configFile: false, babelrc: false, plugins })!.code!;
}

const program = fc.infiniteStream(fc.nat({ max: 2 ** 30 })).map((stream) => {
  const numbers = stream[Symbol.iterator]();
  return new Writer({ int: (below) => (numbers.next().value as number) % below }).program();
});

test('random programs hold what the model says, and do what they did uncompiled', async () => {
  let reads = 0;
  await fc.assert(
    fc.asyncProperty(program, async (source) => {
      const compiled = await execute(instrument(source, {}, { commonjs: true }), { checked: true });
      const plain = await execute(plainly(source), { checked: false });
      reads += compiled.trace.length;
      expect(compiled.wrong).toEqual([]);
      expect(compiled.trace).toEqual(plain.trace);
    }),
    { seed: 20240611, numRuns: 300, endOnFailure: true },
  );

  expect(reads).toBeGreaterThan(500);
}, 60_000);
