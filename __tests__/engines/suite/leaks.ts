import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { EventEmitter } from './harness/emitter';
import { equal } from './harness/equal';
import { eventTarget, microtask, timeout } from './harness/needs';
import type { Need } from './harness/needs';
import { inMicrotask, inTurn, microtasks, sentry, turn } from './harness/uncompiled';
import { fail, read, user } from './slots';

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
    'callbacks of promises that throw',
    async () => {
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
    'a thenable that throws',
    async () => {
      await ({ then: evil } as unknown);
    },
  ],
  [
    'an emitter whose listener throws',
    async () => {
      const emitter = new EventEmitter();
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
