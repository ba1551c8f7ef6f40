import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { promiseTry, withResolvers } from './harness/needs';
import { deferred, inMicrotask, inTurn, turn } from './harness/uncompiled';
import { rejects } from './rejects';
import { add, adds, addsAndFails, fail, joined, read, user } from './slots';

const made = construct('new Promise');

made('the executor runs in the current frame', async () => {
  setLocal(user, 'ada');
  let found = '';
  await new Promise<void>((resolve) => {
    found = read();
    resolve();
  });
  equal(found, 'ada');
});

made('the promise carries the strand that settled it', async () => {
  await new Promise<void>((resolve) => {
    void adds('a').then(() => resolve());
  });
  equal(joined(), ['a']);
  await new Promise<void>((_, reject) => {
    void adds('b').then(() => reject(new Error('boom')));
  }).catch(() => {});
  equal(joined(), ['a', 'b']);
});

made('an executor that throws rejects with its frame', async () => {
  const broken = (): Promise<void> =>
    new Promise(() => {
      add('a');
      fail();
    });
  const runs = async (): Promise<void> => broken();
  await rejects(runs(), 'boom');
  equal(joined(), ['a']);
});

made('who resolves a second time is not carried', async () => {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  const settles = async (name: string): Promise<void> => {
    await null;
    add(name);
    resolve();
  };
  void settles('first');
  void settles('second');
  await turn();
  await promise;
  equal(joined(), ['first']);
});

made('code that was not compiled and resolves adds nothing', async () => {
  add('mine');
  await new Promise<void>((resolve) => void inMicrotask(() => resolve()));
  equal(joined(), ['mine']);
});

const pair = construct('Promise.withResolvers', withResolvers);

pair('the promise carries the strand that settled it', async () => {
  const first = Promise.withResolvers<void>();
  void adds('a').then(() => first.resolve());
  await first.promise;
  const second = Promise.withResolvers<void>();
  void adds('b').then(() => second.reject(new Error('boom')));
  await second.promise.catch(() => {});
  equal(joined(), ['a', 'b']);
});

const now = construct('Promise.resolve, reject, try');

now('the promise carries the strand that calls', async () => {
  const kept: Promise<number>[] = [];
  const makes = async (): Promise<void> => {
    add('a');
    kept.push(Promise.resolve(1));
    add('b');
    const failing = Promise.reject<number>(new Error('boom'));
    failing.catch(() => {});
    kept.push(failing);
  };
  void makes();
  await turn();
  equal(joined(), []);
  await kept[0];
  equal(joined(), ['a']);
  await rejects(kept[1]!, 'boom');
  equal(joined(), ['a', 'b']);
});

now('promises of the same value are not mixed up', async () => {
  const kept: Promise<unknown>[] = [];
  const makes = async (name: string, value?: unknown): Promise<void> => {
    add(name);
    kept.push(Promise.resolve(value));
  };
  await inMicrotask(() => void makes('a'));
  await inMicrotask(() => void makes('b'));
  await inMicrotask(() => void makes('c', true));
  await inMicrotask(() => void makes('d', true));
  equal(joined(), []);
  await kept[0];
  equal(joined(), ['a']);
  await kept[2];
  equal(joined(), ['a', 'c']);
});

now('a promise that is handed through keeps the strand it has', async () => {
  const source = adds('a');
  const handed = Promise.resolve(source);
  equal(handed === source, true);
  await handed;
  equal(joined(), ['a']);
});

now(
  'Promise.try runs its callback in a branch, and carries it',
  async () => {
    setLocal(user, 'ada');
    const found: string[] = [];
    await Promise.try(() => {
      found.push(read());
      setLocal(user, 'eve');
      add('a');
    });
    await rejects(
      Promise.try(() => {
        add('b');
        fail();
      }),
      'boom',
    );
    equal([found, read(), joined()], [['ada'], 'ada', ['a', 'b']]);
  },
  promiseTry,
);

const adoption = construct('adoption');

adoption('a promise that an async function returns is adopted', async () => {
  const atOnce = async (): Promise<string> => adds('a');
  const late = async (): Promise<string> => {
    await null;
    return adds('b');
  };
  const failing = async (): Promise<string> => {
    await null;
    return addsAndFails('c');
  };
  const chosen = async (yes: boolean): Promise<unknown> => (yes ? adds('d') : null);
  await atOnce();
  equal(joined(), ['a']);
  await late();
  equal(joined(), ['a', 'b']);
  await rejects(failing(), 'c');
  equal(joined(), ['a', 'b', 'c']);
  await chosen(true);
  equal(joined(), ['a', 'b', 'c', 'd']);
});

adoption('a return that a finally block overrules joins nothing', async () => {
  const overruled = async (): Promise<number> => {
    try {
      return adds('a') as unknown as number;
    } finally {
      return 1;
    }
  };
  const overruledLate = async (): Promise<number> => {
    await null;
    try {
      return adds('b') as unknown as number;
    } finally {
      return 1;
    }
  };
  const running = [overruled(), overruledLate()];
  await turn();
  equal([await running[0], await running[1]], [1, 1]);
  equal(joined(), []);
});

adoption('a promise that a callback returns is adopted', async () => {
  await Promise.resolve().then(() => adds('a'));
  await Promise.reject(new Error('boom')).catch(() => adds('b'));
  await Promise.resolve().finally(() => adds('c'));
  await Promise.resolve()
    .then(() => addsAndFails('d'))
    .catch(() => {});
  await Promise.resolve()
    .finally(() => addsAndFails('e'))
    .catch(() => {});
  equal(joined(), ['a', 'b', 'c', 'd', 'e']);
});

adoption('resolving with a promise adopts what it ends with', async () => {
  await new Promise((resolve) => resolve(adds('a')));
  await new Promise((resolve) => resolve(addsAndFails('b'))).catch(() => {});
  equal(joined(), ['a', 'b']);
});

adoption('a chain of returned promises is adopted to its end', async () => {
  const level = async (left: number): Promise<string> => {
    add(`level ${left}`);
    return left === 0 ? adds('end') : level(left - 1);
  };
  await level(2);
  equal(joined(), ['level 2', 'level 1', 'level 0', 'end']);
});

adoption('a promise of code that was not compiled brings nothing', async () => {
  const foreign = deferred<number>();
  const returns = async (): Promise<number> => foreign.promise;
  const running = returns();
  void inTurn(() => foreign.resolve(1));
  add('mine');
  await running;
  equal(joined(), ['mine']);
});
