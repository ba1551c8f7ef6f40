import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { nativePromise } from './harness/needs';
import { inTurn } from './harness/uncompiled';
import { add, joined, read, user } from './slots';

class Mine<T> extends Promise<T> {
  extra = 1;
}

const test = construct('promise subclasses', nativePromise);

test('callbacks run in the frame of the registration, and give the subclass', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  const mine = new Mine<number>((resolve) => void inTurn(() => resolve(1)));
  const next = mine.then(() => void found.push(read()));
  setLocal(user, 'bob');
  equal(next instanceof Mine, true);
  await next;
  equal([found, read()], [['ada'], 'bob']);
});

test('an await holds the frame', async () => {
  setLocal(user, 'ada');
  const value = await Mine.resolve(7);
  equal([value, read()], [7, 'ada']);
});

test('the promise that comes back carries the callback', async () => {
  await Mine.resolve().then(() => add('then'));
  await Mine.reject(new Error('boom')).catch(() => add('catch'));
  equal(joined(), ['then', 'catch']);
});
