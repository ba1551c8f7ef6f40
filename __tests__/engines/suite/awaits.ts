import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { inMicrotask, inTurn } from './harness/uncompiled';
import { rejects } from './rejects';
import { fail, read, user } from './slots';

const test = construct('await, catch, finally');

test('the frame holds after a fulfilled and a rejected await, in catch and in finally', async () => {
  const found: string[] = [];
  setLocal(user, 'ada');
  await inTurn(() => {});
  found.push(read());
  try {
    await inTurn(fail);
  } catch {
    found.push(read());
    await inMicrotask(() => {});
    found.push(read());
  } finally {
    found.push(read());
    await inTurn(() => {});
    found.push(read());
  }
  equal(found, ['ada', 'ada', 'ada', 'ada', 'ada']);
});

test('a finally block alone is in the strand after a rejected await', async () => {
  const found: string[] = [];
  const runs = async (): Promise<void> => {
    setLocal(user, 'ada');
    try {
      await Promise.reject(new Error('boom'));
    } finally {
      found.push(read());
      setLocal(user, 'bob');
    }
  };
  await rejects(runs(), 'boom');
  equal([found, read()], [['ada'], 'nobody']);
});

test('catch and finally do not go back after a part that ran through', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  try {
    await null;
    setLocal(user, 'bob');
    fail();
  } catch {
    found.push(read());
    setLocal(user, 'cleo');
  } finally {
    found.push(read());
  }
  equal([found, read()], [['bob', 'cleo'], 'cleo']);
});

test('awaits in arguments, templates, conditions, defaults and loops keep the frame', async () => {
  setLocal(user, 'ada');
  const note = (...values: unknown[]): unknown[] => [...values, read()];
  const late = <T>(value: T): Promise<T> => inMicrotask(() => value);
  equal(note(await late(1), await late(2)), [1, 2, 'ada']);
  equal(`${await late('x')} ${read()}`, 'x ada');
  equal((await late(false)) ? 'no' : read(), 'ada');
  equal([(await late(undefined)) ?? read()], ['ada']);
  const { a = await late(read()) } = {} as { a?: string };
  equal(a, 'ada');
  const found: string[] = [];
  for (let i = await late(0); i < (await late(3)); i += await late(1)) found.push(read());
  label: for (const n of [1, 2]) {
    switch (await late(n)) {
      case await late(1):
        found.push(read());
        continue label;
      default:
        break label;
    }
  }
  equal(found, ['ada', 'ada', 'ada', 'ada']);
});

test('nested try blocks keep the frame on every way out', async () => {
  const found: string[] = [];
  const leave = async (how: 'return' | 'throw' | 'break'): Promise<string> => {
    setLocal(user, how);
    for (;;) {
      try {
        try {
          await inTurn(fail);
        } finally {
          found.push(read());
          await null;
        }
      } catch (error) {
        if (how === 'return') return read();
        if (how === 'break') break;
        throw error;
      } finally {
        found.push(read());
      }
    }
    return read();
  };
  equal([await leave('return'), await leave('break')], ['return', 'break']);
  await rejects(leave('throw'), 'boom');
  equal(found, ['return', 'return', 'break', 'break', 'throw', 'throw']);
});

test('a long chain of awaits stays in its strand', async () => {
  setLocal(user, 'ada');
  let wrong = 0;
  for (let i = 0; i < 2000; i++) {
    await null;
    if (read() !== 'ada') wrong++;
  }
  equal(wrong, 0);
});

test('a pattern in catch is read in the strand', async () => {
  setLocal(user, 'ada');
  let found = '';
  const refuses = (): Promise<never> => Promise.reject([] as unknown as Error);
  try {
    await refuses();
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the only type a pattern may have
  } catch ([name = read()]: any) {
    found = name as string;
  }
  equal(found, 'ada');
});

test('an iterator that a rejected await closes is closed in the strand', async () => {
  const found: string[] = [];
  function* items(): Generator<number> {
    try {
      yield 1;
    } finally {
      found.push(read());
    }
  }
  setLocal(user, 'ada');
  try {
    for (const item of items()) await Promise.reject(new Error(String(item)));
  } catch {
    found.push(read());
  }
  equal(found, ['ada', 'ada']);
});

test('what an iterator sets while a rejected await closes it is set in the strand', async () => {
  function* items(): Generator<number> {
    try {
      yield 1;
    } finally {
      setLocal(user, 'bob');
    }
  }
  try {
    for (const item of items()) await Promise.reject(new Error(String(item)));
  } catch {
    // Read below.
  }
  equal(read(), 'bob');
});
