import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal, throws } from './harness/equal';
import { asyncIteratorSymbol, closedLoops, rejectedValues } from './harness/needs';
import { inMicrotask, thenable } from './harness/uncompiled';
import { rejects } from './rejects';
import { add, adds, fail, joined, read, user } from './slots';

const plain = construct('generators: caller');

plain('a body runs in the frame of the caller of next()', async () => {
  function* names(): Generator<string> {
    for (;;) yield read();
  }
  const steps = names();
  setLocal(user, 'ada');
  const first = steps.next().value as string;
  setLocal(user, 'bob');
  await null;
  equal([first, steps.next().value], ['ada', 'bob']);
});

plain('what an async function does with a generator stays in its strand', async () => {
  function* parts(): Generator<string> {
    yield* [read(), read()];
  }
  setLocal(user, 'ada');
  const found: string[] = [];
  for (const part of parts()) {
    await null;
    found.push(part, read());
  }
  equal(found, ['ada', 'ada', 'ada', 'ada']);
});

const test = construct('async generators: caller');

test('each step runs in the frame of the caller of next()', async () => {
  async function* reads(): AsyncGenerator<string> {
    for (;;) {
      yield read();
      await inMicrotask(() => {});
    }
  }
  const steps = reads();
  setLocal(user, 'ada');
  const first = await steps.next();
  setLocal(user, 'bob');
  const second = await steps.next();
  equal([first.value, second.value], ['ada', 'bob']);
  await steps.return(undefined);
});

test('steps that are asked for ahead run in the frame of the caller of next()', async () => {
  async function* reads(): AsyncGenerator<string> {
    for (;;) {
      await null;
      yield read();
    }
  }
  const steps = reads();
  setLocal(user, 'ada');
  const asked = [steps.next(), steps.next(), steps.next()];
  const values: string[] = [];
  for (const step of asked) values.push((await step).value as string);
  equal(values, ['ada', 'ada', 'ada']);
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
  equal(read(), 'ada');
  await first;
  equal(read(), 'ada');
  await steps.next();
  equal(read(), 'ada');
  await steps.next();
  equal(read(), 'ada');
});

test('a step joins what it awaits, and is joined where it is awaited', async () => {
  async function* adding(): AsyncGenerator<number> {
    await adds('awaited');
    yield 1;
    add('second');
    yield 2;
  }
  const steps = adding();
  await steps.next();
  equal(joined(), ['awaited']);
  await steps.next();
  equal(joined(), ['awaited', 'second']);
});

test('the body runs in the frame of the caller of return() and throw()', async () => {
  const found: string[] = [];
  async function* rows(): AsyncGenerator<number> {
    try {
      yield 1;
    } catch {
      found.push(`catch ${read()}`);
      await null;
      found.push(`catch ${read()}`);
    } finally {
      found.push(`finally ${read()}`);
      yield 2;
      found.push(`after ${read()}`);
    }
  }
  const as = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    setLocal(user, name);
    return work();
  };
  const returned = rows();
  await as('ada', () => returned.next());
  await as('bob', () => returned.return(undefined));
  await as('cleo', () => returned.next());
  equal(found.splice(0), ['finally bob', 'after cleo']);
  const thrown = rows();
  await as('ada', () => thrown.next());
  await as('bob', () => thrown.throw(new Error('boom')));
  await as('cleo', () => thrown.return(undefined));
  equal(found, ['catch bob', 'catch bob', 'finally bob']);
  equal(read(), 'nobody');
});

test('return and throw leave the frame of the caller', async () => {
  const inFinally: string[] = [];
  async function* guarded(): AsyncGenerator<number> {
    try {
      setLocal(user, 'eve');
      yield 1;
    } finally {
      inFinally.push('closed');
      setLocal(user, 'mallory');
      await inMicrotask(() => {});
      setLocal(user, 'trudy');
    }
  }
  setLocal(user, 'ada');
  const returned = guarded();
  await returned.next();
  const closing = returned.return(undefined);
  equal(read(), 'ada');
  await closing;
  equal(read(), 'ada');
  const thrown = guarded();
  await thrown.next();
  const failing = thrown.throw(new Error('boom'));
  equal(read(), 'ada');
  await rejects(failing, 'boom');
  equal(read(), 'ada');
  await guarded().return(undefined);
  await rejects(guarded().throw(new Error('unstarted')), 'unstarted');
  equal(read(), 'ada');
  equal(inFinally.length, 2);
});

test(
  'a loop that is left closes the generator, and keeps its own frame',
  async () => {
    let isClosed = false;
    async function* guarded(): AsyncGenerator<number> {
      try {
        setLocal(user, 'eve');
        yield 1;
      } finally {
        await null;
        setLocal(user, 'trudy');
        isClosed = true;
      }
    }
    setLocal(user, 'ada');
    for await (const _ of guarded()) break;
    equal([isClosed, read()], [true, 'ada']);
  },
  closedLoops,
);

test('a body that throws rejects the step and leaves the frame of the caller', async () => {
  async function* broken(): AsyncGenerator<number> {
    setLocal(user, 'eve');
    yield 1;
    setLocal(user, 'mallory');
    fail();
  }
  async function* brokenDefault(value: unknown = fail()): AsyncGenerator<unknown> {
    yield value;
  }
  setLocal(user, 'ada');
  const steps = broken();
  await steps.next();
  const failing = steps.next();
  equal(read(), 'ada');
  await rejects(failing, 'boom');
  equal(read(), 'ada');
  throws(() => brokenDefault(), Error);
  equal(read(), 'ada');
});

test('what is yielded arrives as it is', async () => {
  let found = '';
  const odd = { then: 'no function' };
  const boom = new Error('boom');
  async function* values(): AsyncGenerator<unknown, unknown> {
    yield odd;
    yield Promise.resolve('settled');
    yield thenable('thenable', () => (found = read()));
    try {
      yield Promise.reject(boom);
    } catch (error) {
      yield error;
    }
    return odd;
  }
  setLocal(user, 'ada');
  const steps = values();
  equal((await steps.next()).value === odd, true);
  equal((await steps.next()).value, 'settled');
  equal([(await steps.next()).value, found], ['thenable', 'ada']);
  equal((await steps.next()).value === boom, true);
  const last = await steps.next();
  equal([last.done, last.value === odd], [true, true]);
});

const delegation = construct('yield*');

delegation('hands on steps and returns in the frame of the caller', async () => {
  const found: string[] = [];
  async function* inner(): AsyncGenerator<string, string> {
    try {
      yield read();
      await null;
      yield read();
      return 'end';
    } finally {
      found.push('closed');
    }
  }
  async function* outer(): AsyncGenerator<string> {
    yield yield* inner();
    found.push(read());
  }
  setLocal(user, 'ada');
  const values: string[] = [];
  for await (const value of outer()) values.push(value);
  equal(
    [values, found],
    [
      ['ada', 'ada', 'end'],
      ['closed', 'ada'],
    ],
  );

  const early = outer();
  await early.next();
  await early.return(undefined);
  equal([found, read()], [['closed', 'ada', 'closed'], 'ada']);
});

const loop = construct('for await');

loop('the body runs in the strand at every step, and after the loop', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  for await (const n of [1, inMicrotask(() => 2), Promise.resolve(3)]) {
    found.push(`${n} ${read()}`);
    if (n === 2) setLocal(user, 'bob');
  }
  found.push(read());
  equal(found, ['1 ada', '2 ada', '3 bob', 'bob']);
});

loop(
  'each step of an iterator by hand is joined',
  async () => {
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
    const found: unknown[] = [];
    for await (const _ of source) found.push(joined());
    equal(found, [['step 2'], ['step 2', 'step 1']]);
    equal(joined(), ['step 2', 'step 1', 'step 0']);
  },
  asyncIteratorSymbol,
);

loop('each step of an async generator is joined', async () => {
  async function* steps(): AsyncGenerator<number> {
    for (const n of [1, 2]) {
      await null;
      add(`step ${n}`);
      yield n;
    }
    add('last');
  }
  const found: unknown[] = [];
  for await (const _ of steps()) found.push(joined());
  equal(found, [['step 1'], ['step 1', 'step 2']]);
  equal(joined(), ['step 1', 'step 2', 'last']);
});

loop('each promise of a list is joined', async () => {
  const found: unknown[] = [];
  for await (const _ of [adds('a', 3), adds('b')]) found.push(joined());
  equal(found, [['a'], ['a', 'b']]);
});

const failing = async (): Promise<never> => {
  await null;
  add('failed');
  return fail();
};

loop('a step that rejects leads to catch in the strand', async () => {
  async function* steps(): AsyncGenerator<number> {
    yield 1;
    await failing();
  }
  setLocal(user, 'ada');
  const found: unknown[] = [];
  try {
    for await (const _ of steps()) found.push(read());
  } catch {
    found.push(read(), joined());
  } finally {
    found.push(read());
  }
  equal(found, ['ada', 'ada', ['failed'], 'ada']);
});

loop(
  'a value of a list that rejects leads to catch in the strand',
  async () => {
    setLocal(user, 'ada');
    const found: unknown[] = [];
    try {
      for await (const _ of [Promise.resolve(1), failing()]) found.push(read());
    } catch {
      found.push(read(), joined());
    } finally {
      found.push(read());
    }
    equal(found, ['ada', 'ada', ['failed'], 'ada']);
  },
  rejectedValues,
);

loop(
  'break, continue, return and a rejected await leave the loop in the strand',
  async () => {
    const found: string[] = [];
    const closing = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: async () => {
          found.push(`closed by ${read()}`);
          return { done: true, value: undefined };
        },
      }),
    };
    setLocal(user, 'ada');
    for await (const _ of closing) break;
    found.push(read());
    outer: for (const _ of [1, 2]) {
      for await (const _inner of closing) continue outer;
    }
    found.push(read());
    const returns = async (): Promise<string> => {
      for await (const _ of closing) return read();
      return 'never';
    };
    found.push(await returns(), read());
    try {
      for await (const _ of closing) await Promise.reject(new Error('boom'));
    } catch {
      found.push(read());
    }
    const closed = 'closed by ada';
    equal(found, [
      ...[closed, 'ada', closed, closed, 'ada', closed, 'ada', 'ada'],
      ...[closed, 'ada'],
    ]);
  },
  asyncIteratorSymbol,
);
