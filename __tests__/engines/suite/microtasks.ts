import { getLocal, setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { microtask } from './harness/needs';
import { call, inMicrotask } from './harness/uncompiled';
import { add, depth, joined, read, user } from './slots';

const test = construct('queueMicrotask', microtask);

test('the callback runs in a fresh branch of the frame it is spawned in', async () => {
  setLocal(user, 'ada');
  add('mine');
  const before = getLocal(depth);
  const found = new Promise<unknown>((resolve) => {
    queueMicrotask(() => {
      resolve([read(), joined(), getLocal(depth)]);
      setLocal(user, 'eve');
      add('theirs');
    });
  });
  setLocal(user, 'bob');
  equal(await found, ['ada', ['mine'], before + 1]);
  equal(read(), 'bob');
});

test('through globalThis, and passed on as a value', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  const note = (): void => void found.push(read());
  globalThis.queueMicrotask(note);
  call((schedule: typeof queueMicrotask) => schedule(note), queueMicrotask);
  setLocal(user, 'bob');
  await inMicrotask(() => {});
  equal(found, ['ada', 'ada']);
});

test('a callback spawned from root sees root', async () => {
  setLocal(user, 'ada');
  const found = await inMicrotask(
    () => new Promise<string>((resolve) => queueMicrotask(() => resolve(read()))),
  );
  equal(found, 'nobody');
});

test('who settles from it is joined', async () => {
  await new Promise<void>((resolve) => {
    queueMicrotask(() => {
      add('microtask');
      resolve();
    });
  });
  equal(joined(), ['microtask']);
});

test('what is no function goes to the platform as it is', () => {
  let caught: unknown;
  try {
    queueMicrotask(null as never);
  } catch (error) {
    caught = error;
  }
  // In Jest, the platform's classes of errors are not those of the tests.
  equal((caught as Error).name, 'TypeError');
});
