import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { inMicrotask, inTurn, turn } from './harness/uncompiled';
import { add, adds, addsAndFails, fail, joined, read, user } from './slots';

const test = construct('then, catch, finally');

test('callbacks run in the frame of the registration', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  const note = (): void => void found.push(read());
  const late = inTurn(() => 1);
  const failing = inTurn(fail);
  late.then(note);
  failing.then(() => {}, note);
  failing.catch(note);
  late.finally(note);
  failing.finally(note).catch(() => {});
  setLocal(user, 'bob');
  await turn();
  await turn();
  equal([found, read()], [['ada', 'ada', 'ada', 'ada', 'ada'], 'bob']);
});

test('optional and computed calls are spawn points too', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  const late = inTurn(() => 1) as Promise<number> | undefined;
  await late?.then(() => found.push(read()));
  const holder = { late } as { late?: Promise<number> } | undefined;
  await holder?.late?.then(() => found.push(read()));
  await late!['then'](() => found.push(read()));
  await late?.finally?.(() => void found.push(read()));
  equal(found, ['ada', 'ada', 'ada', 'ada']);
});

test('a callback does not see what another one sets', async () => {
  const source = inMicrotask(() => 1);
  const found: string[] = [];
  const first = source.then(() => setLocal(user, 'eve'));
  const second = source.then(() => found.push(read()));
  await first;
  await second;
  await source.then(() => setLocal(user, 'mallory')).then(() => found.push(read()));
  equal([found, read()], [['nobody', 'nobody'], 'nobody']);
});

test('a callback takes in what the promise ended with', async () => {
  const found: (readonly string[])[] = [];
  await adds('a').then(() => found.push(joined()));
  await addsAndFails('b').catch(() => found.push(joined()));
  await adds('c').finally(() => void found.push(joined()));
  equal(found, [['a'], ['a', 'b'], ['a', 'b', 'c']]);
});

test('the promise that comes back carries the callback', async () => {
  await Promise.resolve().then(() => add('then'));
  await Promise.reject(new Error('boom')).catch(() => add('catch'));
  await Promise.resolve().finally(() => add('finally'));
  await Promise.resolve()
    .then(() => {
      add('thrower');
      fail();
    })
    .catch(() => {});
  equal(joined(), ['then', 'catch', 'finally', 'thrower']);
});

test('the promise that comes back carries the source when no callback runs', async () => {
  await adds('a').catch(() => {});
  equal(joined(), ['a']);
  try {
    await addsAndFails('b').then(() => {});
  } catch {
    equal(joined(), ['a', 'b']);
  }
  await adds('c').then(undefined, undefined);
  equal(joined(), ['a', 'b', 'c']);
});

test('callbacks are called with what the language gives them', async () => {
  const given: unknown[] = [];
  const note = (...args: unknown[]): void => void given.push(args);
  const boom = new Error('boom');
  const noteError = (...args: unknown[]): void => {
    given.push([args.length, args[0] === boom]);
  };
  await Promise.resolve(1).then(note);
  await Promise.reject(boom).then(undefined, noteError);
  await Promise.resolve(2).finally(note);
  await Promise.reject(boom).finally(note).catch(noteError);
  equal(given, [[1], [1, true], [], [], [1, true]]);
});
