import { getLocal, register, setLocal } from '@throughline/runtime';
import { AsyncContext } from '../../../../runtime/src/faces/async-context';
import { construct } from '../harness/construct';
import { EventEmitter } from '../harness/emitter';
import { equal, throws } from '../harness/equal';
import { immediate, interval, microtask, nextTick, timeout } from '../harness/needs';
import type { Need } from '../harness/needs';
import { inMicrotask, inTurn, sentry, thenable, turn } from '../harness/uncompiled';
import { rejects } from '../rejects';
import { fail } from '../slots';

const variable = construct('AsyncContext.Variable');
const user = new AsyncContext.Variable<string>({ name: 'user', defaultValue: 'nobody' });

const read = (): string | undefined => user.get();

async function late(): Promise<string | undefined> {
  await null;
  return user.get();
}

variable('run holds in the call and in all that it starts', async () => {
  const found = await user.run('ada', async () => {
    const values = [user.get(), await late()];
    await inTurn(() => {});
    values.push(user.get());
    await Promise.resolve().then(() => values.push(user.get()));
    return values;
  });
  equal(found, ['ada', 'ada', 'ada', 'ada']);
  equal(user.get(), 'nobody');
});

variable('run gives what the call gives, and passes its arguments on', () => {
  equal(
    user.run('ada', (a: number, b: number) => a + b, 1, 2),
    3,
  );
  throws(() => user.run('ada', fail), Error);
  equal(user.get(), 'nobody');
});

variable('runs nest, side by side and one in the other', async () => {
  const both = await user.run('ada', () =>
    Promise.all([user.run('bob', late), late(), user.run('cleo', late)]),
  );
  equal(both, ['bob', 'ada', 'cleo']);
});

variable('it holds after a rejected await, and is gone in code that was not compiled', async () => {
  const found: unknown[] = [];
  await rejects(
    user.run('ada', async () => {
      try {
        await inTurn(fail);
      } finally {
        found.push(user.get());
        found.push(await inTurn(() => user.get()));
      }
    }),
    'boom',
  );
  equal(found, ['ada', 'nobody']);
});

variable('a listener sees its trigger', () => {
  const emitter = new EventEmitter();
  const found: unknown[] = [];
  user.run('ada', () => emitter.on('x', () => found.push(user.get())));
  user.run('bob', () => emitter.emit('x'));
  equal(found, ['bob']);
});

variable('two variables are two values', async () => {
  const other = new AsyncContext.Variable<number>();
  equal([other.get(), other.name], [undefined, '']);
  await user.run('ada', () =>
    other.run(1, async () => {
      await null;
      equal([user.get(), other.get()], ['ada', 1]);
    }),
  );
  equal(
    [user.name, Object.prototype.toString.call(user)],
    ['user', '[object AsyncContext.Variable]'],
  );
});

variable('what runs in a run does not reach the code that awaits it', async () => {
  await user.run('ada', async () => {
    await user.run('bob', async () => {
      await turn();
      equal(read(), 'bob');
    });
    equal(read(), 'ada');
  });
  equal(read(), 'nobody');
});

variable('a rejected run is over, too', async () => {
  await user.run('ada', async () => {
    await rejects(
      user.run('bob', () => inMicrotask(fail)),
      'boom',
    );
    throws(() => user.run('bob', fail), Error);
    equal(read(), 'ada');
  });
});

variable('a generator sees the caller of next()', () => {
  function* values(): Generator<unknown> {
    for (;;) yield user.get();
  }
  const steps = user.run('ada', values);
  const next = (): unknown => steps.next().value;
  equal([user.run('bob', next), user.run('ada', next), next()], ['bob', 'ada', 'nobody']);
});

variable('every variable keeps its value across the runs of others', async () => {
  const others = Array.from({ length: 20 }, () => new AsyncContext.Variable<number>());
  const nested = (i: number): Promise<unknown> =>
    i < others.length
      ? others[i]!.run(i, () => nested(i + 1))
      : turn().then(() => others.map((other) => other.get()));
  equal(
    await nested(0),
    others.map((_, i) => i),
  );
  equal(
    others.map((other) => other.get()),
    others.map(() => undefined),
  );
});

const snapshot = construct('AsyncContext.Snapshot');

snapshot('it runs functions with the values of where it was made', async () => {
  const kept = user.run('ada', () => new AsyncContext.Snapshot());
  equal(
    user.run('bob', () => kept.run((word: string) => `${word} ${user.get()}`, 'hello')),
    'hello ada',
  );
  equal(await inTurn(() => kept.run(late)), 'ada');
  throws(() => kept.run(fail), Error);
  equal(user.get(), 'nobody');
});

snapshot('wrap keeps them for one function, with its receiver and length', () => {
  const cart = {
    name: 'cart',
    show: user.run('ada', () =>
      AsyncContext.Snapshot.wrap(function show(this: { name: string }, mark: string): string {
        return `${this.name} ${user.get()}${mark}`;
      }),
    ),
  };
  equal(cart.show('!'), 'cart ada!');
  equal([cart.show.name, cart.show.length], ['wrapped show', 1]);
});

snapshot('wrap holds where code that was not compiled calls it', async () => {
  const wrapped = user.run('ada', () =>
    AsyncContext.Snapshot.wrap(async () => {
      const before = read();
      await turn();
      return [before, read()];
    }),
  );
  equal(await inTurn(wrapped), ['ada', 'ada']);
  equal(await user.run('bob', wrapped), ['ada', 'ada']);
});

const slot = register('root');

snapshot('slots go along with it, and what a run sets in them stays there', async () => {
  setLocal(slot, 'kept');
  const kept = new AsyncContext.Snapshot();
  setLocal(slot, 'after');
  const found = await kept.run(async () => {
    await turn();
    const before = getLocal(slot);
    setLocal(slot, 'inside');
    return before;
  });
  equal([found, getLocal(slot), kept.run(() => getLocal(slot))], ['kept', 'after', 'kept']);
});

/** Ways to run something later; what they resolve with is what it saw. */
const later: readonly (readonly [string, () => Promise<unknown>, ...Need[]])[] = [
  [
    'await of a value',
    async () => {
      await null;
      return read();
    },
  ],
  [
    'await of a promise that code which was not compiled settles',
    async () => {
      await inTurn(() => 0);
      return read();
    },
  ],
  [
    'await of a thenable',
    async () => {
      await thenable(0, () => user.run('eve', read));
      return read();
    },
  ],
  ['the then of a thenable', () => new Promise((resolve) => void seenByThen(resolve))],
  [
    'catch and finally after a rejected await',
    async () => {
      const seen: unknown[] = [];
      try {
        await inMicrotask(fail);
      } catch {
        seen.push(read());
      } finally {
        seen.push(read());
      }
      return seen.join() === `${read()},${read()}` ? read() : seen;
    },
  ],
  ['then', () => inMicrotask(() => 0).then(read)],
  ['catch', () => inMicrotask(fail).catch(read)],
  [
    'finally',
    async () => {
      let seen: unknown;
      await inMicrotask(() => 0).finally(() => (seen = read()));
      return seen;
    },
  ],
  ['an executor', () => new Promise((resolve) => resolve(read()))],
  ['Promise.all', async () => (await Promise.all([turn().then(read), null]))[0]],
  [
    'queueMicrotask',
    () => new Promise((resolve) => queueMicrotask(() => resolve(read()))),
    microtask,
  ],
  [
    'process.nextTick',
    () => new Promise((resolve) => process.nextTick(() => resolve(read()))),
    nextTick,
  ],
  ['setImmediate', () => new Promise((resolve) => setImmediate(() => resolve(read()))), immediate],
  ['setTimeout', () => new Promise((resolve) => setTimeout(() => resolve(read()), 1)), timeout],
  [
    'the second run of setInterval',
    () =>
      new Promise((resolve) => {
        let runs = 0;
        const interval = setInterval(() => {
          if (++runs < 2) return;
          clearInterval(interval);
          resolve(read());
        }, 1);
      }),
    interval,
  ],
  [
    'an async generator',
    async () => {
      async function* values(): AsyncGenerator<unknown> {
        await turn();
        yield read();
      }
      for await (const value of values()) return value;
      return undefined;
    },
  ],
];

async function seenByThen(resolve: (seen: unknown) => void): Promise<void> {
  await thenable(0, () => resolve(read()));
}

const ways = construct('AsyncContext: what a run starts');

for (const [name, start, ...needs] of later) {
  ways(
    `${name} sees the value of the run that started it`,
    async () => {
      equal(await user.run('ada', start), 'ada');
    },
    ...needs,
  );

  ways(
    `${name}: side by side, each sees its own`,
    async () => {
      const names = ['ada', 'bob', 'cleo'];
      equal(await Promise.all(names.map((one) => user.run(one, start))), names);
    },
    ...needs,
  );

  ways(
    `${name} sees the default value without a run, and code that was not compiled always`,
    async () => {
      const watch = sentry(read);
      equal(await start(), 'nobody');
      await user.run('ada', start);
      await turn();
      const found = watch.stop();
      equal(
        found.filter((one, i) => found.indexOf(one) === i),
        ['nobody'],
      );
    },
    ...needs,
  );

  ways(
    `${name}: a snapshot overrules the run around it`,
    async () => {
      const kept = user.run('ada', () => new AsyncContext.Snapshot());
      equal(await user.run('bob', () => kept.run(start)), 'ada');
    },
    ...needs,
  );
}
