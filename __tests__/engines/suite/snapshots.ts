import { getSpawnCallback, setLocal, snapshot, wrap } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal, throws } from './harness/equal';
import { inTurn } from './harness/uncompiled';
import { fail, read, user } from './slots';

const test = construct('snapshot, wrap');

test('a snapshot runs functions in the frame it was taken in', async () => {
  setLocal(user, 'ada');
  const kept = snapshot();
  setLocal(user, 'bob');
  const greet = (word: string, mark: string): string => `${word} ${read()}${mark}`;
  equal(kept.run(greet, 'hello', '!'), 'hello ada!');
  equal(await inTurn(() => kept.run(greet, 'hello', '?')), 'hello ada?');
  equal(read(), 'bob');
});

test('what one run sets the next does not see', async () => {
  setLocal(user, 'ada');
  const kept = snapshot();
  kept.run(() => setLocal(user, 'eve'));
  equal([kept.run(read), read()], ['ada', 'ada']);
});

test('a run that throws goes back', async () => {
  const kept = snapshot();
  setLocal(user, 'ada');
  throws(() => kept.run(fail), Error);
  equal(read(), 'ada');
});

test('a wrapped function keeps its receiver, arguments, name and length', async () => {
  setLocal(user, 'ada');
  const cart = {
    name: 'cart',
    total: wrap(function total(this: { name: string }, a: number, b: number): string {
      return `${this.name} ${a + b} ${read()}`;
    }),
  };
  setLocal(user, 'bob');
  equal(cart.total(1, 2), 'cart 3 ada');
  equal([cart.total.name, cart.total.length], ['total', 2]);
  equal(await inTurn(() => cart.total(3, 4)), 'cart 7 ada');
});

test('an async function that is run in a snapshot is in it after its awaits', async () => {
  setLocal(user, 'ada');
  const kept = snapshot();
  const look = async (): Promise<string> => {
    await null;
    return read();
  };
  setLocal(user, 'bob');
  equal([await kept.run(look), await look()], ['ada', 'bob']);
});

test('a spawn callback runs work in the child of its frame', async () => {
  setLocal(user, 'ada');
  const child = getSpawnCallback();
  setLocal(user, 'bob');
  equal(await inTurn(() => child.run(read)), 'ada');
});
