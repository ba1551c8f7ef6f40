import { getLocal, register, setLocal } from '@throughline/runtime';
import { inImmediate, inMicrotask, thenable, turn } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
let joinCalls = 0;
/** Joins to a new value every time. */
const joins = register<readonly number[]>(() => [], {
  join: (mine) => {
    joinCalls++;
    return [...mine];
  },
});

const add = (name: string): void => setLocal(seen, [...getLocal(seen), name]);

async function adds(name: string, turns = 1): Promise<string> {
  for (let i = 0; i < turns; i++) await null;
  add(name);
  return name;
}
async function addsAndFails(name: string, turns = 1): Promise<never> {
  await adds(name, turns);
  throw new Error(name);
}

describe('then, catch and finally', () => {
  test('callbacks run in the frame of the registration', async () => {
    setLocal(user, 'ada');
    const read: string[] = [];
    const note = (): void => void read.push(getLocal(user));
    const late = inImmediate(() => 1);
    const failing = inImmediate(() => {
      throw new Error('boom');
    });
    const all = [
      late.then(note),
      failing.then(() => {}, note),
      failing.catch(note),
      late.finally(note),
      failing.finally(note).catch(() => {}),
    ];
    setLocal(user, 'bob');
    await Promise.all(all);

    expect(read).toEqual(['ada', 'ada', 'ada', 'ada', 'ada']);
    expect(getLocal(user)).toBe('bob');
  });

  test('callbacks are called with what the language gives them', async () => {
    const given: unknown[][] = [];
    const note = (...args: unknown[]): void => void given.push(args);
    await Promise.resolve(1).then(note);
    await Promise.reject(new Error('boom')).then(undefined, note);
    await Promise.resolve(2).finally(note);
    await Promise.reject(new Error('bang')).finally(note).catch(note);

    expect(given).toStrictEqual([[1], [new Error('boom')], [], [], [new Error('bang')]]);
  });

  test('a subclass whose then calls back twice', async () => {
    class Twice<T> extends Promise<T> {
      override then(...handlers: never[]): never {
        const [fulfil, reject] = handlers as unknown as ((value: unknown) => unknown)[];
        const again = fulfil && ((value: unknown) => [fulfil(value), fulfil(value)].pop());
        return super.then(again as never, reject as never) as never;
      }
    }
    setLocal(user, 'ada');
    const read: string[] = [];
    const late = new Twice((resolve) => setImmediate(resolve));
    const after = late.finally(() => {
      read.push(getLocal(user));
      setLocal(user, 'bob');
    });
    await inImmediate(() => 0);
    await after;

    expect(read.slice(0, 1)).toEqual(['ada']);
    expect(read.length).toBeGreaterThan(1);
    expect(read).not.toContain('nobody');
  });

  test('optional calls are spawn points too', async () => {
    setLocal(user, 'ada');
    const read: string[] = [];
    const late: Promise<number> | undefined = inImmediate(() => 1) as Promise<number> | undefined;
    const holder = { late } as { late?: Promise<number> } | undefined;
    await late?.then(() => read.push(getLocal(user)));
    await holder?.late?.then(() => read.push(getLocal(user)));
    await late?.finally?.(() => read.push(getLocal(user)));

    expect(read).toEqual(['ada', 'ada', 'ada']);
  });

  test('computed calls are spawn points too', async () => {
    setLocal(user, 'ada');
    let read = '';
    await inImmediate(() => 1)['then'](() => (read = getLocal(user)));

    expect(read).toBe('ada');
  });

  test('a callback does not see what another one sets', async () => {
    const source = inMicrotask(() => 1);
    const read: string[] = [];
    await Promise.all([
      source.then(() => setLocal(user, 'eve')),
      source.then(() => read.push(getLocal(user))),
    ]);
    await source.then(() => setLocal(user, 'mallory')).then(() => read.push(getLocal(user)));

    expect(read).toEqual(['nobody', 'nobody']);
    expect(getLocal(user)).toBe('nobody');
  });

  test('a callback takes in what the promise ended with', async () => {
    let inThen: readonly string[] = [];
    let inCatch: readonly string[] = [];
    let inFinally: readonly string[] = [];
    await adds('a').then(() => (inThen = getLocal(seen)));
    await addsAndFails('b').catch(() => (inCatch = getLocal(seen)));
    await adds('c').finally(() => (inFinally = getLocal(seen)));

    expect(inThen).toEqual(['a']);
    expect(inCatch).toEqual(['a', 'b']);
    expect(inFinally).toEqual(['a', 'b', 'c']);
  });

  test('the promise that comes back carries the callback', async () => {
    await Promise.resolve().then(() => add('then'));
    await Promise.reject(new Error()).catch(() => add('catch'));
    await Promise.resolve().finally(() => add('finally'));
    await Promise.resolve()
      .then(() => {
        add('thrower');
        throw new Error('boom');
      })
      .catch(() => {});

    expect(getLocal(seen)).toEqual(['then', 'catch', 'finally', 'thrower']);
  });

  test('the promise that comes back carries the source when no callback runs', async () => {
    await adds('a').catch(() => {});
    expect(getLocal(seen)).toEqual(['a']);
    try {
      await addsAndFails('b').then(() => {});
    } catch {
      expect(getLocal(seen)).toEqual(['a', 'b']);
    }
    await adds('c').then(undefined, undefined);
    expect(getLocal(seen)).toEqual(['a', 'b', 'c']);
  });

  test('a promise that a callback returns is adopted', async () => {
    await Promise.resolve().then(() => adds('a'));
    await Promise.reject(new Error()).catch(() => adds('b'));
    await Promise.resolve().finally(() => adds('c'));
    await Promise.resolve()
      .then(() => addsAndFails('d'))
      .catch(() => {});
    await Promise.resolve()
      .finally(() => addsAndFails('e'))
      .catch(() => {});

    expect(getLocal(seen)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('only a strand that is really awaited is joined', async () => {
    const source = adds('source');
    const branch = source.then(() => add('branch'));
    await source;

    expect(getLocal(seen)).toEqual(['source']);
    await branch;
    expect(getLocal(seen)).toEqual(['source', 'branch']);
  });
});

describe('new Promise and withResolvers', () => {
  test('the executor runs in the current frame', async () => {
    setLocal(user, 'ada');
    let read = '';
    await new Promise<void>((resolve) => {
      read = getLocal(user);
      resolve();
    });

    expect(read).toBe('ada');
  });

  test('the promise carries whoever settled it', async () => {
    await new Promise<void>((resolve) => {
      void adds('a').then(() => resolve());
    });
    expect(getLocal(seen)).toEqual(['a']);
    await new Promise<void>((_, reject) => {
      setImmediate(() => {
        add('b');
        reject(new Error());
      });
    }).catch(() => {});
    expect(getLocal(seen)).toEqual(['a', 'b']);
  });

  test('an executor that throws rejects with its frame', async () => {
    const broken = (): Promise<void> =>
      new Promise(() => {
        add('a');
        throw new Error('boom');
      });
    const run = async (): Promise<void> => broken();
    await run().catch(() => {});

    expect(getLocal(seen)).toEqual(['a']);
  });

  test('who resolves a second time is not carried', async () => {
    let resolve = (): void => {};
    const promise = new Promise<void>((settle) => (resolve = settle));
    const first = async (): Promise<void> => {
      await null;
      add('first');
      resolve();
    };
    const second = async (): Promise<void> => {
      await null;
      add('second');
      resolve();
    };
    void first();
    void second();
    await turn();
    await promise;

    expect(getLocal(seen)).toEqual(['first']);
  });

  test('resolving with a promise adopts what it ends with', async () => {
    await new Promise((resolve) => resolve(adds('a')));
    await new Promise((resolve) => resolve(addsAndFails('b'))).catch(() => {});

    expect(getLocal(seen)).toEqual(['a', 'b']);
  });

  test('code that was not compiled and resolves adds nothing', async () => {
    add('mine');
    await new Promise<void>((resolve) => void inMicrotask(() => resolve()));

    expect(getLocal(seen)).toEqual(['mine']);
  });

  const withResolvers =
    typeof (Promise as { withResolvers?: unknown }).withResolvers === 'function' ? test : test.skip;
  withResolvers('withResolvers carries whoever settled it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(() => {
      add('a');
      resolve();
    });
    await promise;
    const { promise: failing, reject } = Promise.withResolvers<void>();
    setImmediate(() => {
      add('b');
      reject(new Error());
    });
    await failing.catch(() => {});

    expect(getLocal(seen)).toEqual(['a', 'b']);
  });

  test('Promise.resolve and Promise.reject carry the strand that calls', async () => {
    const made = async (): Promise<[Promise<number>]> => {
      add('a');
      return [Promise.resolve(1)];
    };
    const failed = async (): Promise<[Promise<number>]> => {
      add('b');
      return [Promise.reject<number>(new Error())];
    };
    let first: Promise<number> | undefined;
    let second: Promise<number> | undefined;
    void made().then(([promise]) => (first = promise));
    void failed().then(([promise]) => (second = promise.finally(() => {})).catch(() => {}));
    await turn();
    expect(getLocal(seen)).toEqual([]);
    await first;
    expect(getLocal(seen)).toEqual(['a']);
    await second!.catch(() => {});
    expect(getLocal(seen)).toEqual(['a', 'b']);
  });
});

describe('combinators', () => {
  test('all joins every part', async () => {
    await Promise.all([adds('a', 3), adds('b', 1), 3, adds('c', 2)]);

    expect(getLocal(seen)).toEqual(['a', 'b', 'c']);
  });

  test('all that rejects joins the part that rejected', async () => {
    const slow = adds('slow', 20);
    const quick = adds('quick', 1);
    await Promise.all([slow, quick, addsAndFails('bad', 5)]).catch(() => {});

    expect(getLocal(seen)).toEqual(['bad']);
  });

  test('allSettled joins every part', async () => {
    await Promise.allSettled([adds('a', 4), addsAndFails('b', 1), adds('c', 2)]);

    expect(getLocal(seen)).toEqual(['a', 'b', 'c']);
  });

  test('race joins the winner alone', async () => {
    const slow = adds('slow', 5);
    await Promise.race([slow, adds('quick', 1)]);
    expect(getLocal(seen)).toEqual(['quick']);
    await turn();
    expect(getLocal(seen)).toEqual(['quick']);
    await Promise.race([adds('slower', 9), addsAndFails('loser', 1)]).catch(() => {});
    expect(getLocal(seen)).toEqual(['quick', 'loser']);
  });

  test('any joins the winner alone, and everybody when nobody wins', async () => {
    await Promise.any([addsAndFails('early', 1), adds('winner', 3), adds('late', 9)]);
    expect(getLocal(seen)).toEqual(['winner']);
    await Promise.any([addsAndFails('a', 2), addsAndFails('b', 1)]).catch(() => {});
    expect(getLocal(seen)).toEqual(['winner', 'a', 'b']);
  });

  test('combinators nest', async () => {
    await Promise.all([
      Promise.race([adds('a', 1), adds('never', 50)]),
      Promise.allSettled([addsAndFails('b'), Promise.any([addsAndFails('lost'), adds('c', 4)])]),
    ]);

    expect(getLocal(seen)).toEqual(['a', 'b', 'c']);
  });

  test('a combinator of nothing joins nothing', async () => {
    add('mine');
    await Promise.all([]);
    await Promise.allSettled([]);
    await Promise.any([]).catch(() => {});

    expect(getLocal(seen)).toEqual(['mine']);
  });

  test('a thenable among the parts runs its then in the frame of the call', async () => {
    setLocal(user, 'ada');
    const read: string[] = [];
    const part = thenable(1, () => read.push(getLocal(user)));
    await Promise.all([part]);
    await Promise.allSettled([part]);
    await Promise.race([part]);
    await Promise.any([part]);

    expect(read).toEqual(['ada', 'ada', 'ada', 'ada']);
  });

  test('plain slots stay as they are', async () => {
    const set = async (name: string): Promise<void> => {
      await null;
      setLocal(user, name);
    };
    await Promise.all([set('a'), set('b')]);

    expect(getLocal(user)).toBe('nobody');
  });

  test('a deep pile of combinators is joined', async () => {
    let pile: Promise<unknown> = adds('a');
    for (let i = 0; i < 20_000; i++) pile = Promise.all([pile]);
    await pile;

    expect(getLocal(seen)).toEqual(['a']);
  });

  test('a part that is in the pile many times is joined few times', async () => {
    let pile: Promise<unknown> = adds('a');
    for (let i = 0; i < 12; i++) pile = Promise.allSettled([pile, pile]);
    setLocal(joins, [0]);
    await pile;

    // Walking every path would make 2^12 joins, and hang a program at 2^40.
    expect(joinCalls).toBeLessThan(100);
  });
});

describe('thenables that are no promises', () => {
  test('then runs in the frame of the await, the return, the resolve', async () => {
    setLocal(user, 'ada');
    const read: string[] = [];
    const look = (): PromiseLike<number> => thenable(1, () => read.push(getLocal(user)));
    const returns = async (): Promise<number> => look();
    const returnsLate = async (): Promise<number> => {
      await null;
      return look();
    };
    await look();
    await returns();
    await returnsLate();
    await new Promise((resolve) => resolve(look()));
    await Promise.resolve(look());
    await Promise.resolve().then(() => look());
    await Promise.resolve().finally(() => look());

    expect(read).toEqual(Array(7).fill('ada'));
    expect(getLocal(user)).toBe('ada');
  });

  test('what then sets is not seen by the awaiter', async () => {
    await thenable(1, () => setLocal(user, 'eve'));

    expect(getLocal(user)).toBe('nobody');
  });

  test('the awaiter joins whoever calls back', async () => {
    await thenable(1, () => add('trigger'));

    expect(getLocal(seen)).toEqual(['trigger']);
  });

  test('the awaiter joins whoever calls back later', async () => {
    const late = {
      then(resolve: (value: number) => void): void {
        setImmediate(() => {
          add('late');
          resolve(1);
        });
      },
    };
    await late;

    expect(getLocal(seen)).toEqual(['late']);
  });

  test('an object whose then is no function is the value itself', async () => {
    const odd = { then: 'later' };

    expect(await odd).toBe(odd);
    expect(await (async () => odd)()).toBe(odd);
    expect(
      await (async () => {
        await null;
        return odd;
      })(),
    ).toBe(odd);
    expect(await Promise.all([odd])).toEqual([odd]);
  });

  test('a then that throws rejects in the strand', async () => {
    setLocal(user, 'ada');
    const broken = {
      then(): void {
        setLocal(user, 'eve');
        throw new Error('boom');
      },
    };
    let read = '';
    try {
      await (broken as unknown);
    } catch {
      read = getLocal(user);
    }

    expect(read).toBe('ada');
  });
});
