import { getLocal, register, setLocal } from '@throughline/runtime';
import { call, callAfterAwait, inMicrotask } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});

const add = (name: string): void => setLocal(seen, [...getLocal(seen), name]);
const fail = (): never => {
  throw new Error('boom');
};

async function adds(name: string): Promise<string> {
  await null;
  add(name);
  return name;
}
async function addsAndFails(name: string): Promise<never> {
  await null;
  add(name);
  throw new Error(name);
}

test('an async function starts in a branch of its caller', async () => {
  setLocal(user, 'ada');
  const read = async (): Promise<string> => getLocal(user);
  const readLate = async (): Promise<string> => {
    await null;
    return getLocal(user);
  };

  expect(await read()).toBe('ada');
  expect(await readLate()).toBe('ada');
});

test('the caller does not see what a strand sets before its first await', async () => {
  setLocal(user, 'ada');
  const set = async (): Promise<void> => {
    setLocal(user, 'eve');
    await null;
    setLocal(user, 'mallory');
  };
  const running = set();

  expect(getLocal(user)).toBe('ada');
  await running;
  expect(getLocal(user)).toBe('ada');
});

test('the caller does not see what a strand sets that throws at once', async () => {
  setLocal(user, 'ada');
  const set = async (): Promise<void> => {
    setLocal(user, 'eve');
    fail();
  };
  const running = set();

  expect(getLocal(user)).toBe('ada');
  await expect(running).rejects.toThrow('boom');
  expect(getLocal(user)).toBe('ada');
});

test('the caller does not see what a default sets that throws', async () => {
  setLocal(user, 'ada');
  const evil = (): never => {
    setLocal(user, 'eve');
    return fail();
  };
  const through = async (value = evil()): Promise<unknown> => value;
  const suspends = async (value = evil()): Promise<void> => {
    await value;
  };
  async function declared({ value = evil() } = {}): Promise<void> {
    await value;
  }
  for (const fn of [through, suspends, declared]) {
    const running = fn();
    expect(getLocal(user)).toBe('ada');
    await expect(running).rejects.toThrow('boom');
    expect(getLocal(user)).toBe('ada');
  }
});

test('a strand does not see what its caller sets later', async () => {
  setLocal(user, 'ada');
  const readLate = async (): Promise<string> => {
    await null;
    return getLocal(user);
  };
  const running = readLate();
  setLocal(user, 'bob');

  expect(await running).toBe('ada');
  expect(getLocal(user)).toBe('bob');
});

test('strands that run side by side do not see each other', async () => {
  const serve = async (name: string, turns: number): Promise<string[]> => {
    setLocal(user, name);
    const read: string[] = [];
    for (let i = 0; i < turns; i++) {
      await null;
      read.push(getLocal(user));
    }
    return read;
  };
  const [a, b, c] = await Promise.all([serve('a', 3), serve('b', 5), serve('c', 2)]);

  expect(a).toEqual(['a', 'a', 'a']);
  expect(b).toEqual(['b', 'b', 'b', 'b', 'b']);
  expect(c).toEqual(['c', 'c']);
});

test('the frame holds after a fulfilled and after a rejected await, in catch and in finally', async () => {
  const read: string[] = [];
  setLocal(user, 'ada');
  await inMicrotask(() => {});
  read.push(getLocal(user));
  try {
    await inMicrotask(fail);
  } catch {
    read.push(getLocal(user));
    await inMicrotask(() => {});
    read.push(getLocal(user));
  } finally {
    read.push(getLocal(user));
    await inMicrotask(() => {});
    read.push(getLocal(user));
  }

  expect(read).toEqual(['ada', 'ada', 'ada', 'ada', 'ada']);
});

test('a finally block alone is in the strand after a rejected await', async () => {
  const read: string[] = [];
  const run = async (): Promise<void> => {
    setLocal(user, 'ada');
    try {
      await Promise.reject(new Error('boom'));
    } finally {
      read.push(getLocal(user));
      setLocal(user, 'bob');
    }
  };
  await expect(run()).rejects.toThrow('boom');

  expect(read).toEqual(['ada']);
  expect(getLocal(user)).toBe('nobody');
});

test('catch and finally do not go back after a part that ran through', async () => {
  setLocal(user, 'ada');
  const read: string[] = [];
  try {
    await null;
    setLocal(user, 'bob');
    fail();
  } catch {
    read.push(getLocal(user));
    setLocal(user, 'cleo');
  } finally {
    read.push(getLocal(user));
  }

  expect(read).toEqual(['bob', 'cleo']);
  expect(getLocal(user)).toBe('cleo');
});

test('a pattern in catch is read in the strand', async () => {
  setLocal(user, 'ada');
  let read = '';
  const reject = (): Promise<never> => Promise.reject([] as unknown as Error);
  try {
    await reject();
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the only type a pattern may have
  } catch ([name = getLocal(user)]: any) {
    read = name as string;
  }

  expect(read).toBe('ada');
});

test('await joins on the fulfilled and on the rejected path', async () => {
  await adds('a');
  expect(getLocal(seen)).toEqual(['a']);
  try {
    await addsAndFails('b');
  } catch {
    expect(getLocal(seen)).toEqual(['a', 'b']);
  }
  try {
    await addsAndFails('c').catch(fail);
  } catch {
    expect(getLocal(seen)).toEqual(['a', 'b', 'c']);
  } finally {
    expect(getLocal(seen)).toEqual(['a', 'b', 'c']);
  }
});

test('a join goes through strands that only await', async () => {
  const middle = async (): Promise<void> => {
    await adds('a');
  };
  const failing = async (): Promise<void> => {
    await addsAndFails('b');
  };
  await middle();
  await failing().catch(() => {});

  expect(getLocal(seen)).toEqual(['a', 'b']);
});

test('a strand that is not awaited is not joined', async () => {
  const running = adds('a');
  await inMicrotask(() => {});
  await inMicrotask(() => {});
  await inMicrotask(() => {});

  expect(getLocal(seen)).toEqual([]);
  await running;
  expect(getLocal(seen)).toEqual(['a']);
});

test('returning a promise joins what it ended with', async () => {
  const returns = async (): Promise<string> => adds('a');
  const returnsLate = async (): Promise<string> => {
    await null;
    return adds('b');
  };
  const returnsRejected = async (): Promise<string> => {
    await null;
    return addsAndFails('c');
  };
  const chosen = async (yes: boolean): Promise<unknown> => (yes ? adds('d') : null);
  await returns();
  expect(getLocal(seen)).toEqual(['a']);
  await returnsLate();
  expect(getLocal(seen)).toEqual(['a', 'b']);
  await expect(returnsRejected()).rejects.toThrow('c');
  await returnsRejected().catch(() => {});
  expect(getLocal(seen)).toEqual(['a', 'b', 'c']);
  await chosen(true);
  expect(getLocal(seen)).toEqual(['a', 'b', 'c', 'd']);
});

test('a return that a finally block overrules joins nothing', async () => {
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
  const first = overruled();
  const second = overruledLate();
  await inMicrotask(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  await first;
  await second;

  expect(getLocal(seen)).toEqual([]);
});

test('an iterator that a rejected await closes is closed in the strand', async () => {
  const read: string[] = [];
  function* items(): Generator<number> {
    try {
      yield 1;
    } finally {
      read.push(getLocal(user));
    }
  }
  setLocal(user, 'ada');
  try {
    for (const item of items()) await Promise.reject(new Error(String(item)));
  } catch {
    read.push(getLocal(user));
  }

  expect(read).toEqual(['ada', 'ada']);
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

  expect(getLocal(user)).toBe('bob');
});

test('functions that uncompiled code calls synchronously run in the strand', async () => {
  setLocal(user, 'ada');

  expect(call(() => getLocal(user))).toBe('ada');
  expect(await call(async () => getLocal(user))).toBe('ada');
  expect(await callAfterAwait(() => getLocal(user))).toBe('nobody');
  expect(await callAfterAwait(async () => getLocal(user))).toBe('nobody');
});

test('an async function that native code calls is a strand and is joined', async () => {
  await Promise.all(['a', 'b'].map(adds));

  expect(getLocal(seen)).toEqual(['a', 'b']);
});

test('deep recursion through awaits joins once', async () => {
  const down = async (n: number): Promise<void> => {
    if (n === 0) return void (await adds('end'));
    await down(n - 1);
  };
  await down(500);

  expect(getLocal(seen)).toEqual(['end']);
});
