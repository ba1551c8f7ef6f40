import { getLocal, register, setLocal } from '@throughline/runtime';
import { inMicrotask, sentry, thenable, turn } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const add = (name: string): void => setLocal(seen, [...getLocal(seen), name]);

async function adds(name: string): Promise<string> {
  await null;
  add(name);
  return name;
}
/** Reads the slot once a step. */
async function* reads(): AsyncGenerator<string> {
  for (;;) {
    yield getLocal(user);
    await inMicrotask(() => {});
  }
}

describe('async generators', () => {
  test('each step runs in the frame of whoever calls next', async () => {
    const steps = reads();
    setLocal(user, 'ada');
    const first = await steps.next();
    setLocal(user, 'bob');
    const second = await steps.next();

    expect([first.value, second.value]).toEqual(['ada', 'bob']);
    await steps.return(undefined);
  });

  test('steps that are asked for ahead run in the frame of whoever calls next', async () => {
    const steps = reads();
    setLocal(user, 'ada');
    const asked = [steps.next(), steps.next(), steps.next()];
    const values = (await Promise.all(asked)).map(({ value }) => value as string);

    expect(values).toEqual(['ada', 'ada', 'ada']);
    await steps.return(undefined);
  });

  test('the caller does not see what a step sets', async () => {
    async function* sets(): AsyncGenerator<number> {
      setLocal(user, 'eve');
      yield 1;
      setLocal(user, 'mallory');
      await null;
      setLocal(user, 'trudy');
      yield 2;
    }
    setLocal(user, 'ada');
    const steps = sets();
    const first = steps.next();
    expect(getLocal(user)).toBe('ada');
    await first;
    expect(getLocal(user)).toBe('ada');
    await steps.next();
    expect(getLocal(user)).toBe('ada');
    await steps.next();
    expect(getLocal(user)).toBe('ada');
  });

  test('a step joins what it awaits', async () => {
    let read: readonly string[] = [];
    async function* awaits(): AsyncGenerator<number> {
      await adds('a');
      yield 1;
      read = getLocal(seen);
    }
    for await (const _ of awaits());

    expect(read).toEqual(['a']);
  });

  test('awaiting a step joins the strand of the generator', async () => {
    async function* adding(): AsyncGenerator<number> {
      add('first');
      yield 1;
      await null;
      add('second');
      yield 2;
    }
    const steps = adding();
    await steps.next();
    expect(getLocal(seen)).toEqual(['first']);
    await steps.next();
    expect(getLocal(seen)).toEqual(['first', 'second']);
  });

  test('return, throw and closing early leave the frame of the caller', async () => {
    const inFinally: string[] = [];
    async function* guarded(): AsyncGenerator<number> {
      try {
        setLocal(user, 'eve');
        yield 1;
      } finally {
        inFinally.push(getLocal(user));
        setLocal(user, 'mallory');
        await inMicrotask(() => {});
        setLocal(user, 'trudy');
      }
    }
    const watch = sentry(() => getLocal(user));
    setLocal(user, 'ada');
    const returned = guarded();
    await returned.next();
    const closing = returned.return(undefined);
    expect(getLocal(user)).toBe('ada');
    await closing;
    expect(getLocal(user)).toBe('ada');

    const thrown = guarded();
    await thrown.next();
    const failing = thrown.throw(new Error('boom'));
    expect(getLocal(user)).toBe('ada');
    await expect(failing).rejects.toThrow('boom');
    expect(getLocal(user)).toBe('ada');

    const unstarted = guarded();
    await unstarted.return(undefined);
    await expect(guarded().throw(new Error('boom'))).rejects.toThrow('boom');
    expect(getLocal(user)).toBe('ada');

    for await (const _ of guarded()) break;
    expect(getLocal(user)).toBe('ada');
    await turn();
    expect(new Set(watch.stop())).toEqual(new Set(['nobody']));
    expect(inFinally).toHaveLength(3);
  });

  test('a body that throws rejects the step and leaves the frame of the caller', async () => {
    async function* broken(): AsyncGenerator<number> {
      setLocal(user, 'eve');
      yield 1;
      setLocal(user, 'mallory');
      throw new Error('boom');
    }
    async function* brokenDefault(
      value: unknown = (() => {
        throw new Error('default');
      })(),
    ): AsyncGenerator<unknown> {
      yield value;
    }
    setLocal(user, 'ada');
    const steps = broken();
    await steps.next();
    const failing = steps.next();
    expect(getLocal(user)).toBe('ada');
    await expect(failing).rejects.toThrow('boom');
    expect(getLocal(user)).toBe('ada');
    expect(() => brokenDefault()).toThrow('default');
    expect(getLocal(user)).toBe('ada');
  });

  test('what is yielded and returned arrives as it is', async () => {
    const odd = { then: 'no function' };
    const error = new Error('boom');
    async function* values(): AsyncGenerator<unknown, unknown> {
      yield odd;
      yield Promise.resolve('settled');
      yield thenable('thenable');
      try {
        yield Promise.reject(error);
      } catch (caught) {
        yield caught;
      }
      return odd;
    }
    const steps = values();
    expect((await steps.next()).value).toBe(odd);
    expect((await steps.next()).value).toBe('settled');
    expect((await steps.next()).value).toBe('thenable');
    expect((await steps.next()).value).toBe(error);
    const last = await steps.next();
    expect(last.done).toBe(true);
    expect(last.value).toBe(odd);
  });

  test('a thenable that is yielded runs its then in the frame of the step', async () => {
    let read = '';
    async function* values(): AsyncGenerator<number> {
      yield thenable(1, () => (read = getLocal(user)));
    }
    setLocal(user, 'ada');
    await values().next();

    expect(read).toBe('ada');
  });

  test('yield* hands on steps, errors and returns in the frame of the caller', async () => {
    const read: string[] = [];
    async function* inner(): AsyncGenerator<string, string> {
      try {
        yield getLocal(user);
        await null;
        yield getLocal(user);
        return 'end';
      } finally {
        read.push('closed');
      }
    }
    async function* outer(): AsyncGenerator<string> {
      yield yield* inner();
      read.push(getLocal(user));
    }
    setLocal(user, 'ada');
    const values: string[] = [];
    for await (const value of outer()) values.push(value);
    expect(values).toEqual(['ada', 'ada', 'end']);
    expect(read).toEqual(['closed', 'ada']);

    const early = outer();
    await early.next();
    await early.return(undefined);
    expect(read).toEqual(['closed', 'ada', 'closed']);
    expect(getLocal(user)).toBe('ada');
  });
});

describe('for await', () => {
  test('the body runs in the strand at every step, and after the loop', async () => {
    setLocal(user, 'ada');
    const read: string[] = [];
    for await (const n of [1, inMicrotask(() => 2), Promise.resolve(3)]) {
      read.push(`${n} ${getLocal(user)}`);
      if (n === 2) setLocal(user, 'bob');
    }

    expect(read).toEqual(['1 ada', '2 ada', '3 bob']);
    expect(getLocal(user)).toBe('bob');
  });

  test('each step joins what it awaited', async () => {
    const read: unknown[] = [];
    for await (const _ of [adds('a'), adds('b')]) read.push(getLocal(seen));

    expect(read).toEqual([['a'], ['a', 'b']]);
  });

  test('each step of an async generator is joined', async () => {
    async function* adding(): AsyncGenerator<number> {
      add('first');
      yield 1;
      await null;
      add('second');
      yield 2;
      add('last');
    }
    const read: unknown[] = [];
    for await (const _ of adding()) read.push(getLocal(seen));

    expect(read).toEqual([['first'], ['first', 'second']]);
    expect(getLocal(seen)).toEqual(['first', 'second', 'last']);
  });

  test('each step of an iterator with async methods is joined', async () => {
    const source = {
      left: 2,
      [Symbol.asyncIterator]() {
        return this;
      },
      async next(): Promise<IteratorResult<number>> {
        await null;
        add(`step ${this.left}`);
        return { done: this.left-- === 0, value: 1 };
      },
    };
    const read: unknown[] = [];
    for await (const _ of source) read.push(getLocal(seen));

    expect(read).toEqual([['step 2'], ['step 2', 'step 1']]);
    expect(getLocal(seen)).toEqual(['step 2', 'step 1', 'step 0']);
  });

  test('a step that rejects leads to catch in the strand', async () => {
    setLocal(user, 'ada');
    const failing = async (): Promise<never> => {
      await null;
      add('failed');
      throw new Error('boom');
    };
    const read: unknown[] = [];
    try {
      for await (const _ of [Promise.resolve(1), failing()]) read.push(getLocal(user));
    } catch {
      read.push(getLocal(user), getLocal(seen));
    } finally {
      read.push(getLocal(user));
    }

    expect(read).toEqual(['ada', 'ada', ['failed'], 'ada']);
  });

  test('break, continue, return and a rejected await leave the loop in the strand', async () => {
    const read: string[] = [];
    const closing = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: async () => {
          read.push(`closed by ${getLocal(user)}`);
          return { done: true, value: undefined };
        },
      }),
    };
    setLocal(user, 'ada');
    for await (const _ of closing) break;
    read.push(getLocal(user));
    outer: for (const _ of [1, 2]) {
      for await (const _inner of closing) continue outer;
    }
    read.push(getLocal(user));
    try {
      for await (const _ of closing) await Promise.reject(new Error('boom'));
    } catch {
      read.push(getLocal(user));
    }
    const returns = async (): Promise<number> => {
      for await (const _ of closing) return 1;
      return 2;
    };
    await returns();
    read.push(getLocal(user));

    const closed = 'closed by ada';
    expect(read).toEqual([closed, 'ada', closed, closed, 'ada', closed, 'ada', closed, 'ada']);
  });

  test('code that was not compiled sees root while a loop over a list is left early', async () => {
    const loop = async (leave: 'break' | 'return' | 'throw'): Promise<unknown> => {
      setLocal(user, 'eve');
      for await (const _ of [1, 2]) {
        if (leave === 'break') break;
        if (leave === 'return') return 1;
        throw new Error('boom');
      }
      return 2;
    };
    const watch = sentry(() => getLocal(user));
    await loop('break');
    await loop('return');
    await loop('throw').catch(() => {});

    expect(new Set(watch.stop())).toEqual(new Set(['nobody']));
  });

  test('code that was not compiled sees root between the steps', async () => {
    const watch = sentry(() => getLocal(user));
    setLocal(user, 'ada');
    async function* source(): AsyncGenerator<number> {
      setLocal(user, 'eve');
      yield 1;
      await turn();
      yield 2;
      throw new Error('boom');
    }
    try {
      for await (const _ of source()) await turn();
    } catch {
      await turn();
    }
    await turn();

    expect(new Set(watch.stop())).toEqual(new Set(['nobody']));
    expect(getLocal(user)).toBe('ada');
  });
});

test('a plain generator runs in the frame of whoever calls next', async () => {
  function* names(): Generator<string> {
    for (;;) yield getLocal(user);
  }
  const steps = names();
  setLocal(user, 'ada');
  const first = steps.next().value as string;
  setLocal(user, 'bob');
  await null;

  expect([first, steps.next().value]).toEqual(['ada', 'bob']);
});
