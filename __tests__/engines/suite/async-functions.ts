import { getLocal, setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { call, inMicrotask } from './harness/uncompiled';
import { rejects } from './rejects';
import { depth, fail, read, record, user } from './slots';

const test = construct('async functions');

const evil = (): never => {
  setLocal(user, 'eve');
  return fail();
};

test('an async function starts in a branch of its caller', async () => {
  setLocal(user, 'ada');
  const atOnce = async (): Promise<string> => read();
  const late = async (): Promise<string> => {
    await null;
    return read();
  };
  equal([await atOnce(), await late()], ['ada', 'ada']);
});

test('the caller does not see what a strand sets', async () => {
  setLocal(user, 'ada');
  const sets = async (): Promise<void> => {
    setLocal(user, 'eve');
    await null;
    setLocal(user, 'mallory');
  };
  const running = sets();
  equal(read(), 'ada');
  await running;
  equal(read(), 'ada');
});

test('the caller does not see what a strand sets that throws at once', async () => {
  setLocal(user, 'ada');
  const withAwait = async (): Promise<void> => {
    if (read() === 'ada') evil();
    await null;
  };
  const without = async (): Promise<void> => evil();
  for (const fn of [withAwait, without]) {
    const running = fn();
    equal(read(), 'ada');
    await rejects(running, 'boom');
    equal(read(), 'ada');
  }
});

test('the caller does not see what a default sets that throws', async () => {
  setLocal(user, 'ada');
  const through = async (value = evil()): Promise<unknown> => value;
  const suspends = async (value = evil()): Promise<void> => {
    await value;
  };
  async function declared({ value = evil() } = {}): Promise<void> {
    await value;
  }
  for (const fn of [through, suspends, declared]) {
    const running = fn();
    equal(read(), 'ada');
    await rejects(running, 'boom');
    equal(read(), 'ada');
  }
});

test('a strand does not see what its caller sets later', async () => {
  setLocal(user, 'ada');
  const late = async (): Promise<string> => {
    await null;
    return read();
  };
  const running = late();
  setLocal(user, 'bob');
  equal([await running, read()], ['ada', 'bob']);
});

test('strands that run side by side do not see each other', async () => {
  const serve = async (name: string, turns: number): Promise<string[]> => {
    setLocal(user, name);
    const found: string[] = [];
    for (let i = 0; i < turns; i++) {
      await null;
      found.push(read());
    }
    return found;
  };
  const running = [serve('a', 3), serve('b', 5), serve('c', 2)];
  equal(await running[0], ['a', 'a', 'a']);
  equal(await running[1], ['b', 'b', 'b', 'b', 'b']);
  equal(await running[2], ['c', 'c']);
});

test('methods, static and private ones, getters and arrows in them are strands', async () => {
  class Cart {
    readonly name = 'cart';
    async load(): Promise<string> {
      await null;
      return `${this.name} ${read()}`;
    }
    static async make(): Promise<string> {
      setLocal(user, 'eve');
      return new Cart().#hidden();
    }
    async #hidden(): Promise<string> {
      const inner = async (): Promise<string> => {
        await null;
        return `${this.name} hidden from ${read()}`;
      };
      return inner();
    }
    get later(): () => Promise<string> {
      return async () => {
        await null;
        return `${this.name} later ${read()}`;
      };
    }
  }
  class Basket extends Cart {
    override async load(): Promise<string> {
      setLocal(user, 'bob');
      return `basket: ${await super.load()}`;
    }
  }
  setLocal(user, 'ada');
  equal(await new Cart().load(), 'cart ada');
  equal(await Cart.make(), 'cart hidden from eve');
  equal(await new Cart().later(), 'cart later ada');
  equal(await new Basket().load(), 'basket: cart bob');
  equal(read(), 'ada');
});

test('native code that calls it branches too', async () => {
  setLocal(user, 'ada');
  const load = async (name: string): Promise<string> => {
    setLocal(user, name);
    await null;
    return read();
  };
  const running = ['x', 'y'].map(load);
  equal(read(), 'ada');
  equal([await running[0], await running[1]], ['x', 'y']);
});

test('what uncompiled code calls from a strand is in it, and from nowhere in root', async () => {
  setLocal(user, 'ada');
  const look = async (): Promise<string> => {
    await null;
    return read();
  };
  equal([call(read), await call(look)], ['ada', 'ada']);
  equal([await inMicrotask(read), await inMicrotask(look)], ['nobody', 'nobody']);
});

test('a spawn callback runs once for each strand', async () => {
  const start = getLocal(depth);
  const levels = async (left: number): Promise<number> => {
    await null;
    return left === 0 ? getLocal(depth) : levels(left - 1);
  };
  equal(await levels(3), start + 4);
  equal(getLocal(depth), start);
});

test('a strand from root has a record of its own', async () => {
  const hit = async (): Promise<number> => {
    getLocal(record).hits++;
    await null;
    return ++getLocal(record).hits;
  };
  equal([await inMicrotask(hit), await inMicrotask(hit)], [2, 2]);
});
