import { contextOf, getLocal, register, setLocal } from '@throughline/runtime';
import { EventEmitter } from 'node:events';
import { inMicrotask } from '../harness/uncompiled';

const user = register('nobody');

async function fails(name: string): Promise<never> {
  setLocal(user, name);
  await null;
  throw new Error(name);
}
const readIn = (promise: Promise<unknown>): string | undefined => {
  promise.catch(() => {});
  return contextOf(promise)?.run(() => getLocal(user));
};

describe('contextOf', () => {
  test('a rejected promise has the frame of the strand that failed', async () => {
    const failing = fails('ada');
    await failing.catch(() => {});

    expect(readIn(failing)).toBe('ada');
    expect(getLocal(user)).toBe('nobody');
  });

  test('so have the promises that took it over', async () => {
    const adopting = (async () => {
      setLocal(user, 'bob');
      return fails('ada');
    })();
    const chained = fails('ada').then(() => {});
    const resolved = new Promise((resolve) => resolve(fails('ada')));
    const all = Promise.all([inMicrotask(() => 1), fails('ada')]);
    const promises = [adopting, chained, resolved, all];
    await Promise.allSettled(promises);

    expect(promises.map(readIn)).toEqual(['ada', 'ada', 'ada', 'ada']);
  });

  test('a callback that throws is the strand that failed', async () => {
    const failing = Promise.resolve().then(() => {
      setLocal(user, 'ada');
      throw new Error('boom');
    });
    await failing.catch(() => {});

    expect(readIn(failing)).toBe('ada');
  });

  test('whoever rejects a promise by hand is the strand that failed', async () => {
    let reject!: (error: Error) => void;
    const failing = new Promise((_, no) => (reject = no));
    await (async () => {
      setLocal(user, 'ada');
      await null;
      reject(new Error('boom'));
    })();

    expect(readIn(failing)).toBe('ada');
  });

  test('a promise of code that was not compiled has none', () => {
    expect(contextOf(inMicrotask(() => 1))).toBeUndefined();
    for (const value of [undefined, null, 1, 'x', {}]) expect(contextOf(value)).toBeUndefined();
  });
});

describe('an emitter of failures that is not the process', () => {
  test('is an emitter like any other', async () => {
    const emitter = new EventEmitter();
    const seen: string[] = [];
    await (async () => {
      setLocal(user, 'ada');
      emitter.on('unhandledRejection', () => seen.push(getLocal(user)));
    })();
    const failing = fails('bob');
    await failing.catch(() => {});
    await inMicrotask(() => emitter.emit('unhandledRejection', new Error('x'), failing));

    expect(seen).toEqual(['ada']);
  });
});
