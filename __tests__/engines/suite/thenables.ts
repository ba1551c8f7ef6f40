import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { inTurn, thenable } from './harness/uncompiled';
import { add, fail, joined, read, user } from './slots';

const test = construct('thenables');

test('then runs in the frame of the await, the return, the resolve', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  const look = (): PromiseLike<number> => thenable(1, () => found.push(read()));
  const returns = async (): Promise<number> => look();
  const returnsLate = async (): Promise<number> => {
    await null;
    return look();
  };
  await look();
  await returns();
  await returnsLate();
  await new Promise((resolve) => resolve(look()));
  await Promise.resolve(look());
  await Promise.resolve().then(() => look());
  await Promise.resolve().finally(() => look());
  equal(found, ['ada', 'ada', 'ada', 'ada', 'ada', 'ada', 'ada']);
  equal(read(), 'ada');
});

test('what then sets is not seen by the awaiter, and who calls back is joined', async () => {
  await thenable(1, () => {
    setLocal(user, 'eve');
    add('trigger');
  });
  equal([read(), joined()], ['nobody', ['trigger']]);
});

test('the awaiter joins the strand that calls back later', async () => {
  const late = {
    then(resolve: (value: number) => void): void {
      const calls = async (): Promise<void> => {
        await null;
        add('late');
        resolve(1);
      };
      void calls();
    },
  };
  equal(await late, 1);
  equal(joined(), ['late']);
});

test('code that was not compiled and calls back adds nothing', async () => {
  add('mine');
  await {
    then(resolve: (value: number) => void): void {
      void inTurn(() => resolve(1));
    },
  };
  equal(joined(), ['mine']);
});

test('an object whose then is no function is the value itself', async () => {
  const odd = { then: 'later' };
  const returns = async (): Promise<unknown> => {
    await null;
    return odd;
  };
  equal((await (odd as unknown)) === odd, true);
  equal((await returns()) === odd, true);
  equal((await (async () => odd as unknown)()) === odd, true);
  equal((await Promise.all([odd as unknown]))[0] === odd, true);
});

test('a then that throws rejects in the strand', async () => {
  setLocal(user, 'ada');
  const broken = {
    then(): void {
      setLocal(user, 'eve');
      fail();
    },
  };
  let found = '';
  try {
    await (broken as unknown);
  } catch {
    found = read();
  }
  equal(found, 'ada');
});

test('a proxy that shows no property, or another one, is a thenable, and is joined', async () => {
  setLocal(user, 'ada');
  const lazy = (name: string, shown?: PropertyDescriptor): PromiseLike<void> =>
    new Proxy({} as PromiseLike<void>, {
      has: (_, key) => key === 'then',
      getOwnPropertyDescriptor: () => shown,
      get: (_, key) =>
        key === 'then'
          ? (resolve: () => void) => {
              add(`${name} of ${read()}`);
              resolve();
            }
          : undefined,
    });
  const returned = async (): Promise<void> => lazy('returned');
  const empty = { value: undefined, writable: true, enumerable: true, configurable: true };
  await Promise.all([lazy('one'), lazy('two', empty), returned()]);
  equal([[...joined()].sort(), read()], [['one of ada', 'returned of ada', 'two of ada'], 'ada']);
});
