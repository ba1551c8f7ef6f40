import { contextOf, setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { inMicrotask } from './harness/uncompiled';
import { fail, read, user } from './slots';

const test = construct('contextOf');

async function fails(name: string): Promise<never> {
  setLocal(user, name);
  await null;
  throw new Error(name);
}

const readIn = (promise: Promise<unknown>): string | undefined => {
  promise.catch(() => {});
  return contextOf(promise)?.run(read);
};

test('a rejected promise has the frame of the strand that failed', async () => {
  const failing = fails('ada');
  await failing.catch(() => {});
  equal([readIn(failing), read()], ['ada', 'nobody']);
});

test('promises that took it over have the same frame', async () => {
  const adopting = (async () => {
    setLocal(user, 'bob');
    return fails('ada');
  })();
  const chained = fails('ada').then(() => {});
  const resolved = new Promise((resolve) => resolve(fails('ada')));
  const all = Promise.all([inMicrotask(() => 1), fails('ada')]);
  const promises: Promise<unknown>[] = [adopting, chained, resolved, all];
  for (const promise of promises) promise.catch(() => {});
  for (const promise of promises) await promise.catch(() => {});
  equal(promises.map(readIn), ['ada', 'ada', 'ada', 'ada']);
});

test('a callback that throws is the strand that failed', async () => {
  const failing = Promise.resolve().then(() => {
    setLocal(user, 'ada');
    fail();
  });
  await failing.catch(() => {});
  equal(readIn(failing), 'ada');
});

test('the strand that rejects a promise by hand is the one that failed', async () => {
  let reject!: (error: Error) => void;
  const failing = new Promise((_, no) => (reject = no));
  await (async () => {
    setLocal(user, 'ada');
    await null;
    reject(new Error('boom'));
  })();
  equal(readIn(failing), 'ada');
});

test('a promise of code that was not compiled has none, nor has another value', () => {
  equal(contextOf(inMicrotask(() => 1)) === undefined, true);
  for (const value of [undefined, null, 1, 'x', {}]) equal(contextOf(value), undefined);
});
