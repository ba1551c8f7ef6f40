import { getLocal, register, setLocal } from '@throughline/runtime';
import * as timers from 'node:timers';
import { setTimeout as laterFromModule } from 'node:timers';
import { inImmediate } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const depth = register(0, { spawn: (parent) => parent + 1 });

type Schedule = (callback: () => void) => unknown;
const sources: readonly (readonly [string, Schedule])[] = [
  ['process.nextTick', (callback) => process.nextTick(callback)],
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

test('what is no function goes to the platform as it is', () => {
  expect(() => setTimeout(undefined as never, 1)).toThrow(/callback/);
  expect(() => queueMicrotask(null as never)).toThrow(/callback/);
});

describe('timeout.refresh()', () => {
  async function restart(isOver: boolean): Promise<string[]> {
    const seenBy: string[] = [];
    let timer!: NodeJS.Timeout;
    await (async () => {
      setLocal(user, 'ada');
      timer = setTimeout(() => void seenBy.push(getLocal(user)), 1);
    })();
    if (isOver) await new Promise((resolve) => setTimeout(resolve, 5));
    await (async () => {
      setLocal(user, 'grace');
      await null;
      timer.refresh();
    })();
    while (seenBy.length < (isOver ? 2 : 1)) await new Promise((resolve) => setTimeout(resolve, 1));
    return seenBy;
  }

  test('a timer that is over starts again in the context of the call', async () => {
    expect(await restart(true)).toEqual(['ada', 'grace']);
  });

  test('one that is pending keeps that of its setTimeout', async () => {
    expect(await restart(false)).toEqual(['ada']);
  });

  test('a method of that name of anything else is called as it was written', () => {
    const cache = { size: 1, refresh: (by: number) => by + 1 };

    expect(cache.refresh(2)).toBe(3);
  });
});
