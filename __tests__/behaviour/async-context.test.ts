import { AsyncContext } from '@throughline/runtime/async-context';
import { getLocal, register, setLocal } from '@throughline/runtime';
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  atNextTick,
  inImmediate,
  inMicrotask,
  sentry,
  thenable,
  turn,
} from '../harness/uncompiled';

const user = new AsyncContext.Variable<string>({ name: 'user', defaultValue: 'nobody' });
const read = (): string | undefined => user.get();
const fail = (): never => {
  throw new Error('boom');
};

/** Ways to run something later; what they resolve with is what it saw. */
const later: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    'await of a value',
    async () => {
      await null;
      return read();
    },
  ],
  [
    'await of a promise that code which was not compiled settles',
    async () => {
      await inImmediate(() => 0);
      return read();
    },
  ],
  [
    'await of a thenable',
    async () => {
      await thenable(0, () => user.run('eve', read));
      return read();
    },
  ],
  ['the then of a thenable', () => new Promise((resolve) => void seenByThen(resolve))],
  [
    'catch and finally after a rejected await',
    async () => {
      const seen: unknown[] = [];
      try {
        await inMicrotask(fail);
      } catch {
        seen.push(read());
      } finally {
        seen.push(read());
      }
      return seen.join() === `${read()},${read()}` ? read() : seen;
    },
  ],
  ['then', () => inMicrotask(() => 0).then(read)],
  ['catch', () => inMicrotask(fail).catch(read)],
  [
    'finally',
    async () => {
      let seen: unknown;
      await inMicrotask(() => 0).finally(() => (seen = read()));
      return seen;
    },
  ],
  ['an executor', () => new Promise((resolve) => resolve(read()))],
  ['Promise.all', async () => (await Promise.all([turn().then(read), null]))[0]],
  ['queueMicrotask', () => new Promise((resolve) => queueMicrotask(() => resolve(read())))],
  ['process.nextTick', () => new Promise((resolve) => process.nextTick(() => resolve(read())))],
  ['setImmediate', () => new Promise((resolve) => setImmediate(() => resolve(read())))],
  ['setTimeout', () => new Promise((resolve) => setTimeout(() => resolve(read()), 1))],
  [
    'the second run of setInterval',
    () =>
      new Promise((resolve) => {
        let runs = 0;
        const interval = setInterval(() => {
          if (++runs < 2) return;
          clearInterval(interval);
          resolve(read());
        }, 1);
      }),
  ],
  [
    'timers/promises',
    async () => {
      await delay(1);
      return read();
    },
  ],
  [
    'a listener that code which was not compiled triggers',
    () => {
      const emitter = new EventEmitter();
      return new Promise((resolve) => {
        emitter.once('x', () => resolve(read()));
        void inMicrotask(() => emitter.emit('x'));
      });
    },
  ],
  [
    'an async generator',
    async () => {
      async function* values(): AsyncGenerator<unknown> {
        await turn();
        yield read();
      }
      for await (const value of values()) return value;
      return undefined;
    },
  ],
];

async function seenByThen(resolve: (seen: unknown) => void): Promise<void> {
  await thenable(0, () => resolve(read()));
}

describe.each(later)('%s', (_, start) => {
  test('sees the value of the run that started it', async () => {
    expect(await user.run('ada', start)).toBe('ada');
  });

  test('side by side, each sees its own', async () => {
    const names = ['ada', 'bob', 'cleo'];
    const seen = await Promise.all(names.map((name) => user.run(name, start)));

    expect(seen).toEqual(names);
  });

  test('sees the default value without a run, and code that was not compiled always', async () => {
    const watch = sentry(read);
    expect(await start()).toBe('nobody');
    await user.run('ada', start);
    await turn();

    expect(new Set(watch.stop())).toEqual(new Set(['nobody']));
  });

  test('a snapshot overrules the run around it', async () => {
    const kept = user.run('ada', () => new AsyncContext.Snapshot());

    expect(await user.run('bob', () => kept.run(start))).toBe('ada');
  });
});

test('a listener sees its trigger, and its registration when the platform triggers it', async () => {
  const emitter = new EventEmitter();
  const seen: unknown[] = [];
  user.run('ada', () => emitter.on('x', () => seen.push(user.get())));
  user.run('bob', () => emitter.emit('x'));
  await atNextTick(() => emitter.emit('x'));

  expect(seen).toEqual(['bob', 'ada']);
});

test('what runs in a run does not reach whoever awaits it', async () => {
  await user.run('ada', async () => {
    await user.run('bob', async () => {
      await turn();
      expect(read()).toBe('bob');
    });
    expect(read()).toBe('ada');
  });
  expect(read()).toBe('nobody');
});

test('a rejected run is over, too', async () => {
  await user.run('ada', async () => {
    await expect(user.run('bob', () => inMicrotask(fail))).rejects.toThrow('boom');
    expect(() => user.run('bob', fail)).toThrow('boom');
    expect(read()).toBe('ada');
  });
});

test('a generator sees whoever asks for the next value', () => {
  function* values(): Generator<unknown> {
    for (;;) yield user.get();
  }
  const steps = user.run('ada', values);

  expect(user.run('bob', () => steps.next().value as unknown)).toBe('bob');
  expect(user.run('ada', () => steps.next().value as unknown)).toBe('ada');
  expect(steps.next().value).toBe('nobody');
});

test('Snapshot.wrap holds where code that was not compiled calls it', async () => {
  const wrapped = user.run('ada', () =>
    AsyncContext.Snapshot.wrap(async () => {
      const before = read();
      await turn();
      return [before, read()];
    }),
  );

  expect(await inImmediate(wrapped).then((seen) => seen)).toEqual(['ada', 'ada']);
  expect(await user.run('bob', wrapped)).toEqual(['ada', 'ada']);
});

test('slots go along with a snapshot, and what a run sets in them stays there', async () => {
  const slot = register('root');
  setLocal(slot, 'kept');
  const kept = new AsyncContext.Snapshot();
  setLocal(slot, 'after');
  const seen = await kept.run(async () => {
    await turn();
    const before = getLocal(slot);
    setLocal(slot, 'inside');
    return before;
  });

  expect([seen, getLocal(slot), kept.run(() => getLocal(slot))]).toEqual([
    ...['kept', 'after', 'kept'],
  ]);
});

test('every variable keeps its value across the runs of others', async () => {
  const others = Array.from({ length: 20 }, () => new AsyncContext.Variable<number>());
  const nested = (i: number): Promise<unknown> =>
    i < others.length
      ? others[i]!.run(i, () => nested(i + 1))
      : turn().then(() => others.map((other) => other.get()));

  expect(await nested(0)).toEqual([...others.keys()]);
  expect(others.map((other) => other.get())).toEqual(others.map(() => undefined));
});
