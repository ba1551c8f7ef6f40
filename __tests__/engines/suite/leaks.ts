import { getLocal, setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { EventEmitter } from './harness/emitter';
import { equal } from './harness/equal';
import {
  allSettled,
  asyncIteratorSymbol,
  eventTarget,
  immediate,
  microtask,
  nextTick,
  timeout,
} from './harness/needs';
import type { Need } from './harness/needs';
import { inMicrotask, inTurn, microtasks, sentry, turn } from './harness/uncompiled';
import { fail, read, record, user } from './slots';

const evil = (): never => {
  setLocal(user, 'eve');
  return fail();
};

const programs: readonly (readonly [string, () => Promise<unknown>, ...Need[]])[] = [
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
    'a default that throws',
    async () => {
      const broken = async (value = evil()): Promise<void> => {
        await value;
      };
      await broken();
    },
  ],
  [
    'a finally block that throws',
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
    'a catch block that throws',
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
  [
    'callbacks of promises that throw',
    async () => {
      setLocal(user, 'eve');
      await Promise.resolve()
        .then(evil)
        .catch(evil)
        .finally(() => evil());
    },
  ],
  [
    'an executor that throws, and one that settles late',
    async () => {
      await new Promise(evil).catch(() => {});
      await new Promise<void>((resolve) => {
        setLocal(user, 'eve');
        void inTurn(() => resolve());
      });
    },
  ],
  [
    'combinators of failing parts',
    async () => {
      const fails = async (): Promise<void> => {
        await null;
        evil();
      };
      await Promise.race([fails(), turn()]).catch(() => {});
      await Promise.all([fails(), fails(), turn()]);
    },
  ],
  [
    'Promise.allSettled of failing parts',
    async () => {
      const fails = async (): Promise<void> => {
        setLocal(user, 'eve');
        await null;
        fail();
      };
      await Promise.allSettled([fails(), fails()]);
    },
    allSettled,
  ],
  [
    'a thenable whose then cannot be read',
    async () => {
      await {
        get then(): never {
          return evil();
        },
      };
    },
  ],
  [
    'a thenable that throws',
    async () => {
      await ({ then: evil } as unknown);
    },
  ],
  [
    'an emitter whose listener throws',
    async () => {
      const emitter = new EventEmitter();
      setLocal(user, 'eve');
      emitter.on('x', evil);
      await inTurn(() => emitter.emit('x'));
    },
  ],
  [
    'an async generator that throws',
    async () => {
      async function* broken(): AsyncGenerator<number> {
        setLocal(user, 'eve');
        yield 1;
        await turn();
        evil();
      }
      for await (const _ of broken()) await turn();
    },
  ],
  [
    'an async generator that is left half-way',
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
    'an async generator whose return is called while it awaits',
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
    'async generators that are closed in every way',
    async () => {
      async function* guarded(): AsyncGenerator<number> {
        try {
          setLocal(user, 'eve');
          yield 1;
        } finally {
          setLocal(user, 'mallory');
          await inMicrotask(() => {});
          setLocal(user, 'trudy');
        }
      }
      const returned = guarded();
      await returned.next();
      await returned.return(undefined);
      const thrown = guarded();
      await thrown.next();
      await thrown.throw(new Error('boom')).catch(() => {});
      await guarded().return(undefined);
      await guarded()
        .throw(new Error('boom'))
        .catch(() => {});
      for await (const _ of guarded()) break;
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
    asyncIteratorSymbol,
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
    'loops that are left early',
    async () => {
      setLocal(user, 'eve');
      for await (const _ of [1, 2]) break;
      const returns = async (): Promise<number> => {
        for await (const n of [1, 2]) return n;
        return 0;
      };
      await returns();
      for await (const _ of [1, 2]) fail();
    },
  ],
  [
    'microtasks that set',
    async () => {
      await new Promise<void>((resolve) => {
        queueMicrotask(() => {
          setLocal(user, 'eve');
          resolve();
        });
      });
    },
    microtask,
  ],
  [
    'ticks that set',
    async () => {
      await new Promise<void>((resolve) => {
        setLocal(user, 'eve');
        process.nextTick(() => {
          setLocal(user, 'trudy');
          resolve();
        });
      });
    },
    nextTick,
  ],
  [
    'immediates that set',
    async () => {
      await new Promise<void>((resolve) => {
        setLocal(user, 'eve');
        setImmediate(() => {
          setLocal(user, 'oscar');
          resolve();
        });
      });
    },
    immediate,
  ],
  [
    'timers that set',
    async () => {
      await new Promise<void>((resolve) => {
        setTimeout(() => setLocal(user, 'eve'), 0);
        setTimeout(() => {
          setLocal(user, 'mallory');
          resolve();
        }, 1);
      });
    },
    timeout,
  ],
  [
    'events of the platform',
    async () => {
      const bus = new EventTarget();
      bus.addEventListener('x', () => setLocal(user, 'eve'));
      await inTurn(() => bus.dispatchEvent(new Event('x')));
    },
    eventTarget,
  ],
];

const forward = construct('no leak forward');
const sideways = construct('no leak sideways');

for (const [name, program, ...needs] of programs) {
  forward(
    `${name}: code that was not compiled sees root at every moment`,
    async () => {
      const watch = sentry(read);
      const outcome = program().catch(() => {});
      equal(read(), 'nobody');
      await outcome;
      await turn();
      await microtasks(20);
      const found = watch.stop();
      equal(found.length > 30, true);
      equal(
        found.filter((one, i) => found.indexOf(one) === i),
        ['nobody'],
      );
      equal(read(), 'nobody');
    },
    ...needs,
  );

  sideways(
    `${name}: the strand that calls keeps its frame`,
    async () => {
      setLocal(user, 'ada');
      const outcome = program().catch(() => {});
      equal(read(), 'ada');
      await outcome;
      equal(read(), 'ada');
    },
    ...needs,
  );
}

forward('a slot that is set outside every strand is gone in the next microtask', async () => {
  let next = Promise.resolve('');
  await inMicrotask(() => {
    setLocal(user, 'eve');
    next = inMicrotask(read);
  });
  equal(await next, 'nobody');
});

forward('a record that is read outside every strand belongs to nobody else', async () => {
  const first = await inMicrotask(() => getLocal(record));
  const second = await inMicrotask(() => getLocal(record));
  equal(first === second, false);
});
