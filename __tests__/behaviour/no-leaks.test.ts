import { getLocal, register, setLocal } from '@throughline/runtime';
import { EventEmitter } from 'node:events';
import { inMicrotask, sentry, turn } from '../harness/uncompiled';

const user = register('nobody');
const record = register<{ name: string }>(() => ({ name: '' }));
const read = (): string => getLocal(user);

const fail = (): never => {
  throw new Error('boom');
};
const evil = (): never => {
  setLocal(user, 'eve');
  return fail();
};

const programs: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    'awaits',
    async () => {
      setLocal(user, 'eve');
      await null;
      setLocal(user, 'mallory');
      await turn();
    },
  ],
  [
    'a throw after an await',
    async () => {
      await null;
      evil();
    },
  ],
  [
    'a rejected await that nobody catches',
    async () => {
      setLocal(user, 'eve');
      await inMicrotask(fail);
    },
  ],
  [
    'a throwing default',
    async () => {
      const broken = async (value = evil()): Promise<void> => {
        await value;
      };
      await broken();
    },
  ],
  [
    'a throwing finally block',
    async () => {
      setLocal(user, 'eve');
      try {
        await inMicrotask(fail);
      } finally {
        evil();
      }
    },
  ],
  [
    'a throwing catch block',
    async () => {
      setLocal(user, 'eve');
      try {
        await inMicrotask(fail);
      } catch {
        evil();
      }
    },
  ],
  [
    'a finally block that overrules a rejected await',
    async () => {
      setLocal(user, 'eve');
      for (const _ of [1]) {
        try {
          await inMicrotask(fail);
        } finally {
          continue;
        }
      }
      await null;
    },
  ],
  ['a throwing executor', async () => new Promise(() => evil())],
  [
    'throwing reactions',
    async () => {
      setLocal(user, 'eve');
      await Promise.resolve()
        .then(evil)
        .catch(evil)
        .finally(evil)
        .catch(() => {});
    },
  ],
  [
    'a throwing listener',
    async () => {
      const emitter = new EventEmitter();
      setLocal(user, 'eve');
      emitter.on('x', evil);
      await inMicrotask(() => {
        try {
          emitter.emit('x');
        } catch {
          // The frame is what matters.
        }
      });
    },
  ],
  [
    'a throwing then of a thenable',
    async () => {
      await ({ then: evil } as unknown);
    },
  ],
  [
    'a throwing getter of a thenable',
    async () => {
      await {
        get then(): never {
          return evil();
        },
      };
    },
  ],
  [
    'an iterator whose next throws',
    async () => {
      setLocal(user, 'eve');
      for await (const _ of {
        [Symbol.asyncIterator]: () => ({ next: evil as () => never }),
      } as AsyncIterable<unknown>);
    },
  ],
  [
    'a generator that is left half-way',
    async () => {
      async function* values(): AsyncGenerator<number> {
        setLocal(user, 'eve');
        yield 1;
        await turn();
        setLocal(user, 'mallory');
        yield 2;
      }
      const steps = values();
      await steps.next();
      void steps.next();
      await turn();
    },
  ],
  [
    'a generator whose return is called while it awaits',
    async () => {
      async function* values(): AsyncGenerator<number> {
        try {
          setLocal(user, 'eve');
          await turn();
          yield 1;
        } finally {
          evil();
        }
      }
      const steps = values();
      void steps.next();
      await steps.return(1);
    },
  ],
  [
    'a for loop whose iterator throws while a rejected await closes it',
    async () => {
      const items = {
        [Symbol.iterator]: () => ({
          next: () => ({ done: false, value: 1 }),
          return: evil as () => never,
        }),
      } as unknown as Iterable<number>;
      for (const _ of items) await inMicrotask(fail);
    },
  ],
  [
    'combinators',
    async () => {
      const bad = async (): Promise<void> => {
        setLocal(user, 'eve');
        await null;
        fail();
      };
      await Promise.allSettled([bad(), bad()]);
      await Promise.all([bad(), bad()]);
    },
  ],
  [
    'timers and microtasks',
    async () => {
      setLocal(user, 'eve');
      await new Promise<void>((resolve) => {
        queueMicrotask(() => setLocal(user, 'mallory'));
        process.nextTick(() => setLocal(user, 'trudy'));
        setImmediate(() => {
          setLocal(user, 'oscar');
          resolve();
        });
      });
    },
  ],
];

describe.each(programs)('%s', (_name, program) => {
  test('code that was not compiled sees root at every moment', async () => {
    const watch = sentry(read);
    const outcome = program().catch(() => {});
    expect(read()).toBe('nobody');
    await outcome;
    await turn();
    await turn();
    const found = watch.stop();

    expect(found.length).toBeGreaterThan(30);
    expect(new Set(found)).toEqual(new Set(['nobody']));
    expect(read()).toBe('nobody');
  });

  test('the strand that calls keeps its frame', async () => {
    setLocal(user, 'ada');
    const outcome = program().catch(() => {});
    expect(read()).toBe('ada');
    await outcome;
    expect(read()).toBe('ada');
  });
});

describe('outside every strand', () => {
  /** Runs where no strand is: in a microtask of code that was not compiled. */
  const outside = inMicrotask;

  test('a slot that is set is gone in the next microtask', async () => {
    let next = Promise.resolve('');
    await outside(() => {
      setLocal(user, 'eve');
      next = inMicrotask(read);
    });

    expect(await next).toBe('nobody');
  });

  test('a record that is read belongs to nobody else', async () => {
    const [first, second] = [
      await outside(() => getLocal(record)),
      await outside(() => getLocal(record)),
    ];

    expect(first).not.toBe(second);
  });
});
