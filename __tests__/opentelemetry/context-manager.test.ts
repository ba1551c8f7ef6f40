import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { EventEmitter, once } from 'node:events';
import { getLocal, register, setLocal } from '../../runtime/src/index';
import { ThroughlineContextManager } from '../../runtime/src/faces/opentelemetry';
import { run } from '../harness/instrument';
import { call, inImmediate, inMicrotask } from '../harness/uncompiled';

const key = createContextKey('name');
const named = (name: string): Context => ROOT_CONTEXT.setValue(key, name);
const [a, b] = [named('a'), named('b')];

let manager: ThroughlineContextManager;
beforeEach(() => {
  manager = new ThroughlineContextManager().enable();
});
afterEach(() => manager.disable());

/** The name of the active context, or undefined in the root context. */
const active = (): unknown => manager.active().getValue(key);
const inContext = <R>(context: Context, fn: () => R): R => manager.with(context, fn);

/** Runs a compiled program, which may use what is above, and returns what it exports as `result`. */
function compiled(body: string): unknown {
  const given = { a, b, active, inContext, manager, EventEmitter, call, inImmediate, inMicrotask };
  return (run(`export const result = (${body})();`, given) as { result: unknown }).result;
}

test('the root context is active where nothing was set', () => {
  expect(manager.active()).toBe(ROOT_CONTEXT);
});

test('with: receiver, arguments, what it returns and what it throws', () => {
  const receiver = {};
  const fn = function (this: unknown, ...args: unknown[]): unknown[] {
    return [this, active(), ...args];
  };
  const error = new Error('thrown');

  expect(manager.with(a, fn, receiver, 1, 2)).toEqual([receiver, 'a', 1, 2]);
  expect(() =>
    manager.with(a, () => {
      throw error;
    }),
  ).toThrow(error);
  expect(active()).toBeUndefined();
});

test('with: the inner one holds inside, the outer one again afterwards, on throwing paths too', () => {
  const seen = inContext(a, () => {
    const inside = inContext(b, active);
    const root = inContext(ROOT_CONTEXT, active);
    try {
      inContext(b, () => {
        throw new Error('thrown');
      });
    } catch {
      // Only what holds afterwards is of interest.
    }
    return [inside, root, active()];
  });

  expect(seen).toEqual(['b', undefined, 'a']);
});

test.each([
  ['await of a value', `async () => { await 0; return active(); }`],
  ['await in catch', `async () => { try { await Promise.reject(0); } catch { return active(); } }`],
  [
    'after several',
    `async () => { await 0; await inContext(b, async () => { await 0; }); return active(); }`,
  ],
  ['then', `() => Promise.resolve().then(active)`],
  ['catch', `() => Promise.reject(0).catch(active)`],
  ['finally', `() => new Promise((seen) => Promise.resolve().finally(() => seen(active())))`],
  [
    'a promise of code that is not compiled',
    `async () => { await new Promise(inImmediate); return active(); }`,
  ],
  ['setTimeout', `() => new Promise((seen) => setTimeout(() => seen(active()), 1))`],
  ['setImmediate', `() => new Promise((seen) => setImmediate(() => seen(active())))`],
  ['queueMicrotask', `() => new Promise((seen) => queueMicrotask(() => seen(active())))`],
  ['process.nextTick', `() => new Promise((seen) => process.nextTick(() => seen(active())))`],
  [
    'a listener of an event that the platform emits',
    `() => new Promise((seen) => {
    const controller = new AbortController();
    controller.signal.addEventListener('abort', () => seen(active()));
    inImmediate(() => controller.abort());
  })`,
  ],
  [
    'for await',
    `async () => {
    async function* steps() { yield active(); await 0; yield active(); }
    const seen = new Set();
    for await (const step of steps()) { seen.add(step); seen.add(active()); }
    return [...seen].join();
  }`,
  ],
])('holds over %s', async (_name, program) => {
  const result = compiled(`() => inContext(a, () => (${program})())`);

  await expect(result).resolves.toBe('a');
  expect(active()).toBeUndefined();
});

test('two that are interleaved do not see each other, nor does code that is not compiled between', async () => {
  const seen = (await compiled(`async () => {
    const between = [];
    const steps = async (context) => {
      const seen = [];
      for (let i = 0; i < 3; i++) {
        seen.push(active());
        inMicrotask(() => between.push(active()));
        await new Promise(inImmediate);
      }
      return seen;
    };
    const both = await Promise.all([inContext(a, () => steps()), inContext(b, () => steps())]);
    return [...both, between];
  }`)) as unknown[][];

  expect(seen).toEqual([
    ['a', 'a', 'a'],
    ['b', 'b', 'b'],
    Array.from({ length: 6 }, () => undefined),
  ]);
});

test('bind: a function keeps its context, and takes its receiver and arguments', () => {
  const receiver = {};
  const fn = function (this: unknown, one: unknown, two: unknown): unknown[] {
    return [this, active(), one, two];
  };
  const bound = manager.bind(a, fn);

  expect(bound).toHaveLength(2);
  expect(inContext(b, () => bound.call(receiver, 1, 2))).toEqual([receiver, 'a', 1, 2]);
});

test('bind: the function keeps it over await, whoever calls it', async () => {
  const seen = await compiled(`async () => {
    const bound = manager.bind(a, async () => { await 0; return active(); });
    return [await bound(), await inContext(b, bound), await new Promise((done) => inImmediate(() => done(bound())))];
  }`);

  expect(seen).toEqual(['a', 'a', 'a']);
});

test.each([undefined, null, 1, 'text', {}, [], Symbol.iterator])(
  'bind: %p goes back as it is',
  (value) => {
    expect(manager.bind(a, value)).toBe(value);
  },
);

describe.each([
  [
    'compiled',
    (emitter: EventEmitter, method: string, listener: () => void): void =>
      void (
        compiled(`() => (emitter, method, listener) => emitter[method]('x', listener)`) as (
          ...args: unknown[]
        ) => void
      )(emitter, method, listener),
  ],
  [
    'not compiled',
    (emitter: EventEmitter, method: string, listener: () => void): void =>
      void (emitter as unknown as Record<string, (name: string, fn: unknown) => void>)[method]!(
        'x',
        listener,
      ),
  ],
  [
    'compiled, by name',
    (emitter: EventEmitter, method: string, listener: () => void): void =>
      void (
        compiled(`() => (emitter, listener) => emitter.${method}('x', listener)`) as (
          ...args: unknown[]
        ) => void
      )(emitter, listener),
  ],
] as const)('bind: an emitter, its listeners added by code that is %s', (_name, add) => {
  let emitter: EventEmitter;
  let seen: unknown[];
  const listener = (): void => void seen.push(active());
  beforeEach(() => {
    seen = [];
    emitter = manager.bind(a, new EventEmitter());
  });

  test.each(['on', 'addListener', 'prependListener'])(
    '%s: at every event, whoever emits',
    (method) => {
      inContext(b, () => add(emitter, method, listener));
      emitter.emit('x');
      inContext(b, () => emitter.emit('x'));

      expect(seen).toEqual(['a', 'a']);
      expect(active()).toBeUndefined();
    },
  );

  test.each(['once', 'prependOnceListener'])('%s: at one event', (method) => {
    add(emitter, method, listener);
    emitter.emit('x');
    emitter.emit('x');

    expect(seen).toEqual(['a']);
  });

  test.each(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'])(
    'what %s added is shown and removed as the function that was given',
    (method) => {
      add(emitter, method, listener);
      expect(emitter.listeners('x')).toEqual([listener]);
      emitter.off('x', listener);

      expect(emitter.listenerCount('x')).toBe(0);
      emitter.emit('x');
      expect(seen).toEqual([]);
    },
  );

  test.each(['prependListener', 'prependOnceListener'])('%s comes first', (method) => {
    const order: string[] = [];
    add(emitter, 'on', () => void order.push('on'));
    add(emitter, method, () => void order.push(method));
    emitter.emit('x');

    expect(order).toEqual([method, 'on']);
  });

  test('a listener that was added twice is called twice, and removed one by one', () => {
    add(emitter, 'on', listener);
    add(emitter, 'on', listener);
    emitter.off('x', listener);
    emitter.emit('x');

    expect(seen).toEqual(['a']);
  });

  test('the other slots are those of the trigger, or of the registration when the platform emits', async () => {
    const user = register('nobody');
    const users: string[] = [];
    const note = (): void => void users.push(getLocal(user));
    const as = (name: string, work: () => void): void =>
      manager.with(ROOT_CONTEXT, () => (setLocal(user, name), work()));
    as('ada', () => add(emitter, 'on', note));
    as('bob', () => emitter.emit('x'));
    await new Promise<void>((done) => inImmediate(() => (emitter.emit('x'), done())));

    expect(users).toEqual(['bob', 'ada']);
  });
});

test('bind: an emitter once is enough, with its first context', () => {
  const emitter = manager.bind(a, new EventEmitter());
  const { on } = emitter;

  expect(manager.bind(b, emitter)).toBe(emitter);
  expect(emitter.on).toBe(on);
});

test('bind: what events.once waits for', async () => {
  const emitter = manager.bind(a, new EventEmitter());
  const waiting = once(emitter, 'x');
  emitter.emit('x', 1);

  await expect(waiting).resolves.toEqual([1]);
  expect(emitter.listenerCount('x')).toBe(0);
});

test('disable: the root context is active, in what is under way as well', async () => {
  const waiting = compiled(`() => inContext(a, async () => {
    const before = active();
    await new Promise(inImmediate);
    return [before, active()];
  })`);
  const bound = manager.bind(a, active);
  manager.disable();

  expect(await waiting).toEqual(['a', undefined]);
  expect(inContext(a, active)).toBeUndefined();
  expect(bound()).toBeUndefined();
});

test('enable: again, afresh', () => {
  manager.disable();

  expect(manager.enable()).toBe(manager);
  expect(active()).toBeUndefined();
  expect(inContext(a, active)).toBe('a');
});

test('two managers do not see each other', () => {
  const other = new ThroughlineContextManager().enable();

  expect(inContext(a, () => other.active())).toBe(ROOT_CONTEXT);
  expect(other.with(b, active)).toBeUndefined();
});
