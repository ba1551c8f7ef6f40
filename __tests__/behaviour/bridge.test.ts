import { getLocal, openBridge, register, setLocal, snapshot } from '@throughline/runtime';
import { AsyncResource, AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { bridgeIsOpen, currentFrame } from '../harness/runtime';
import * as library from '../harness/uncompiled';
import { ConnectionPool, later, onRandomBytes, throughQueue } from '../harness/uncompiled-library';

// The context gets through code that the plugin never saw. Node's own AsyncLocalStorage is the oracle: where it has
// the right value, so must a slot.

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const oracle = new AsyncLocalStorage<string>();
const read = (): readonly [string, string | undefined] => [getLocal(user), oracle.getStore()];

const bridged = bridgeIsOpen() ? test : test.skip;
const unbridged = bridgeIsOpen() ? test.skip : test;

/** Runs 64 requests at once, each with its own value, and returns what was read in each. */
async function requests(
  handle: (id: string, look: () => void) => Promise<unknown>,
): Promise<readonly (readonly [id: string, slot: string, store: string | undefined])[]> {
  const found: (readonly [string, string, string | undefined])[] = [];
  const one = (id: string): Promise<unknown> =>
    library.inImmediate(() =>
      oracle.run(id, async () => {
        setLocal(user, id);
        await handle(id, () => found.push([id, ...read()]));
      }),
    );
  await Promise.all(Array.from({ length: 64 }, (_, i) => one(`request ${i}`)));
  return found;
}

const pool = new ConnectionPool(4);

const ways: Record<string, (look: () => void) => Promise<unknown>> = {
  'a microtask': (look) => library.call(() => later.microtask(look)),
  'a tick': (look) => library.call(() => later.tick(look)),
  'a timer': (look) => library.call(() => later.timer(look)),
  'a chain of promises': (look) => library.call(() => later.chain(look)),
  'an async function that awaits': (look) => library.call(() => later.awaited(look)),
  'a callback of native code': (look) => library.call(() => onRandomBytes(look)),
  'a queue that one worker drains': (look) => library.call(() => throughQueue(look)),
  'a pool of connections': (look) => library.call(() => pool.query(look)),
};

describe.each(Object.entries(ways))('through %s', (name, way) => {
  bridged('64 requests see their own values', async () => {
    const found = await requests(async (_id, look) => {
      await way(look);
      look();
      await way(async () => {
        look();
        await null;
        look();
      });
    });

    expect(found.length).toBe(64 * 4);
    // Where AsyncLocalStorage itself has another request's value, nothing can be known.
    for (const [id, slot, store] of found) if (store === id) expect(slot).toBe(id);
    expect(found.filter(([id, , store]) => id === store).length).toBeGreaterThan(64);
  });

  // A queue that drains itself runs all work in the context of whoever woke it: neither AsyncLocalStorage nor the
  // bridge can know better.
  const isShared = name === 'a queue that one worker drains';
  (isShared ? test.skip : bridged)(
    'what a callback sets is its own, and seen by what it starts',
    async () => {
      await library.inImmediate(async () => {
        setLocal(user, 'ada');
        await way(async () => {
          setLocal(user, 'bob');
          await way(() => expect(getLocal(user)).toBe('bob'));
          expect(getLocal(user)).toBe('bob');
        });
        expect(getLocal(user)).toBe('ada');
      });
    },
  );

  bridged('an error leaves the context as it was', async () => {
    await library.inImmediate(async () => {
      setLocal(user, 'ada');
      const failing = way(async () => {
        setLocal(user, 'bob');
        await null;
        throw new Error('boom');
      });
      await expect(failing).rejects.toThrow('boom');
      expect(getLocal(user)).toBe('ada');
    });
    expect(await library.inImmediate(() => getLocal(user))).toBe('nobody');
  });
});

bridged('no join is made up from a value that came over it', async () => {
  await library.inImmediate(async () => {
    setLocal(seen, ['request']);
    await library.call(() =>
      later.timer(() => {
        setLocal(seen, [...getLocal(seen), 'callback']);
      }),
    );
    expect(getLocal(seen)).toEqual(['request']);
  });
});

bridged(
  'a scope that code opens with AsyncResource inside a strand is that of the resource',
  async () => {
    const waiter = await library.inImmediate(async () => {
      setLocal(user, 'ada');
      return new AsyncResource('waiter');
    });
    await library.inImmediate(async () => {
      setLocal(user, 'bob');
      const found = waiter.runInAsyncScope(() => {
        const before = getLocal(user);
        const inner = library.call(async () => {
          await null;
          return getLocal(user);
        });
        setLocal(user, 'eve');
        return { before, inner, after: getLocal(user) };
      });
      expect([found.before, found.after, await found.inner]).toEqual(['ada', 'eve', 'ada']);
      expect(getLocal(user)).toBe('bob');
    });
  },
);

bridged(
  'a listener that uninstrumented code triggers sees the trigger, if it is a shared emitter',
  async () => {
    const bus = new EventEmitter();
    const found: string[] = [];
    await library.inImmediate(async () => {
      setLocal(user, 'ada');
      bus.on('x', () => found.push(getLocal(user)));
    });
    await library.inImmediate(async () => {
      setLocal(user, 'bob');
      await library.call(() =>
        later.timer(library.call.bind(undefined, () => later.emit(bus, 'x'))),
      );
    });
    expect(found).toEqual(['bob']);
  },
);

bridged(
  'a listener that runs where a slot was set outside every strand leaves nothing behind',
  async () => {
    const emitter = new EventEmitter();
    const found = await library.inImmediate(() => {
      setLocal(user, 'ada');
      emitter.on('x', (one: unknown) => void one);
      emitter.emit('x', 1);
      return [getLocal(user), currentFrame().get(user)];
    });

    expect(found).toEqual(['ada', 'nobody']);
  },
);

bridged('an exact context is never overruled', async () => {
  const found = await library.inImmediate(async () => {
    setLocal(user, 'ada');
    const context = snapshot();
    setLocal(user, 'bob');
    return later.timer(() => context.run(() => getLocal(user)));
  });
  expect(found).toBe('ada');
});

bridged('a worker that uninstrumented code starts is no part of the request', async () => {
  const answer = await library.inImmediate(async () => {
    setLocal(user, 'ada');
    return library.call(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker(`require('worker_threads').parentPort.postMessage(1)`, {
            eval: true,
          });
          worker.on('message', () => resolve(getLocal(user)));
          worker.on('error', reject);
        }),
    );
  });
  expect(answer).toBe('ada');
});

unbridged(
  'without it, a callback of uninstrumented code sees root, and never another value',
  async () => {
    const found = await requests((_id, look) => ways['a timer']!(look));

    expect(new Set(found.map(([, slot]) => slot))).toEqual(new Set(['nobody']));
  },
);

bridged('opening it again changes nothing', () => {
  expect(openBridge()).toBe(true);
  expect(bridgeIsOpen()).toBe(true);
});
