import { getLocal, register, setLocal } from '@throughline/runtime';
import * as timers from 'node:timers';
import { setTimeout as laterFromModule } from 'node:timers';
import { inImmediate, turn } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const depth = register(0, { spawn: (parent) => parent + 1 });
const record = register<{ hits: number }>(() => ({ hits: 0 }));

type Schedule = (callback: () => void) => unknown;
const sources: readonly (readonly [string, Schedule])[] = [
  ['queueMicrotask', (callback) => queueMicrotask(callback)],
  ['globalThis.queueMicrotask', (callback) => globalThis.queueMicrotask(callback)],
  ['process.nextTick', (callback) => process.nextTick(callback)],
  ['setTimeout', (callback) => setTimeout(callback, 0)],
  ['setImmediate', (callback) => setImmediate(callback)],
  ['global.setImmediate', (callback) => global.setImmediate(callback)],
  ['timers.setImmediate', (callback) => timers.setImmediate(callback)],
  ['setTimeout of node:timers', (callback) => laterFromModule(callback, 0)],
  ['spread arguments', (callback) => setTimeout(...([callback, 0] as const))],
];

describe.each(sources)('%s', (_name, schedule) => {
  test('the callback runs in a fresh branch of the frame it is spawned in', async () => {
    setLocal(user, 'ada');
    setLocal(seen, ['mine']);
    const before = getLocal(depth);
    const read = new Promise<unknown[]>((resolve) => {
      schedule(() => {
        resolve([getLocal(user), getLocal(seen), getLocal(depth)]);
        setLocal(user, 'eve');
        setLocal(seen, ['theirs']);
      });
    });
    setLocal(user, 'bob');

    expect(await read).toEqual(['ada', ['mine'], before + 1]);
    expect(getLocal(user)).toBe('bob');
  });

  test('a callback spawned from root sees root', async () => {
    setLocal(user, 'ada');
    const read = await inImmediate(
      () =>
        new Promise<string>((resolve) => {
          schedule(() => resolve(getLocal(user)));
        }),
    );

    expect(read).toBe('nobody');
  });
});

test('a callback gets its arguments', async () => {
  const got = await new Promise<unknown[]>((resolve) => {
    setTimeout((...args: unknown[]) => resolve(args), 0, 1, 'two');
  });

  expect(got).toEqual([1, 'two']);
});

test('one firing of an interval never sees what another one set', async () => {
  setLocal(user, 'ada');
  const read: string[] = [];
  await new Promise<void>((resolve) => {
    const interval = setInterval(() => {
      read.push(getLocal(user));
      setLocal(user, `eve ${read.length}`);
      if (read.length === 3) {
        clearInterval(interval);
        resolve();
      }
    }, 1);
  });

  expect(read).toEqual(['ada', 'ada', 'ada']);
  expect(getLocal(user)).toBe('ada');
});

test('an interval spawned from root makes a new record at every firing', async () => {
  const records = await inImmediate(
    () =>
      new Promise<unknown[]>((resolve) => {
        const found: { hits: number }[] = [];
        const interval = setInterval(() => {
          const mine = getLocal(record);
          mine.hits++;
          found.push(mine);
          if (found.length < 3) return;
          clearInterval(interval);
          resolve(found);
        }, 1);
      }),
  );

  expect(records).toEqual([{ hits: 1 }, { hits: 1 }, { hits: 1 }]);
});

test('a callback sees what was set before it was spawned, and its own record when none was', async () => {
  const first = await inImmediate(async () => getLocal(record));
  const second = await inImmediate(async () => getLocal(record));

  expect(first).not.toBe(second);
});

test('a slot set by a callback is gone when the next one runs', async () => {
  const read: string[] = [];
  await new Promise<void>((resolve) => {
    setImmediate(() => setLocal(user, 'eve'));
    setImmediate(() => read.push(getLocal(user)));
    setImmediate(resolve);
  });
  await turn();

  expect(read).toEqual(['nobody']);
});

test('what is no function goes to the platform as it is', () => {
  expect(() => setTimeout(undefined as never, 1)).toThrow(/callback/);
  expect(() => queueMicrotask(null as never)).toThrow(/callback/);
});
