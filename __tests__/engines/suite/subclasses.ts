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

test('a callback that a subclass calls twice is in its frame both times', async () => {
  class Twice<T> extends Promise<T> {
    override then(...handlers: never[]): never {
      const [fulfil, reject] = handlers as unknown as ((value: unknown) => unknown)[];
      const again = fulfil && ((value: unknown) => [fulfil(value), fulfil(value)].pop());
      return super.then(again as never, reject as never) as never;
    }
  }
  setLocal(user, 'ada');
  const found: string[] = [];
  const late = new Twice<void>((resolve) => void inTurn(() => resolve()));
  const after = late.finally(() => {
    found.push(read());
    setLocal(user, 'bob');
  });
  await inTurn(() => {});
  await after;
  equal([found[0], found.length > 1, found.includes('nobody')], ['ada', true, false]);
});

test('a promise that begins its work when it is asked does so in the frame of a combinator, which joins it', async () => {
  class Lazy extends Promise<void> {
    override then(...handlers: never[]): never {
      add('asked by ' + read());
      return super.then(...(handlers as never as [])) as never;
    }
  }
  setLocal(user, 'ada');
  await Promise.all([new Lazy((resolve) => resolve()), inTurn(() => {})]);
  equal([joined(), read()], [['asked by ada'], 'ada']);
});
