import { getLocal, register, setLocal } from '@throughline/runtime';

// Classes of the program that are named as a library's, and whose methods call back before they return.

const total = register(0);
const user = register('nobody');

class Database {
  constructor(private readonly rows: readonly number[]) {}
  each(fn: (row: number) => void): void {
    for (const row of this.rows) fn(row);
  }
  run(fn: (this: this, rows: readonly number[]) => number): number {
    return fn.call(this, this.rows);
  }
}
class Client {
  query(value: number, fn: (value: number) => unknown): unknown {
    return fn(value);
  }
}
class Pool {
  private waiting: (() => void) | undefined;
  query(fn: () => void): void {
    fn();
    this.waiting = fn;
  }
  release(): void {
    this.waiting?.();
  }
}
class PQueue {
  add(fn: () => void): void {
    fn();
  }
}

test('what a callback sets is set for the caller, whatever the class is called', () => {
  setLocal(total, 0);
  new Database([1, 2, 3]).each((row) => setLocal(total, getLocal(total) + row));
  new Client().query(5, (value) => setLocal(total, getLocal(total) + value));
  new PQueue().add(() => setLocal(total, getLocal(total) + 10));

  expect(getLocal(total)).toBe(21);
});

test('its receiver, its value and its shape are those of the program', () => {
  const database = new Database([1, 2]);
  const seen: unknown[] = [];
  const result = database.run(function (rows) {
    seen.push(this, rows);
    return rows.length;
  });

  expect(result).toBe(2);
  expect(seen).toEqual([database, [1, 2]]);
  let given: unknown;
  new Client().query(1, function named(value) {
    given = named;
    return value;
  });
  expect((given as () => void).name).toBe('named');
});

test('an error leaves the callback as it was set up for later', () => {
  const failing = new Pool();
  const read: string[] = [];
  setLocal(user, 'ada');
  expect(() =>
    failing.query(() => {
      read.push(getLocal(user));
      throw new Error('boom');
    }),
  ).toThrow('boom');
  expect(read).toEqual(['ada']);
});

test('a callback that is called again later runs as in a class of any other name', () => {
  class Bucket extends Pool {}
  class Kept {
    private waiting: (() => void) | undefined;
    keep(fn: () => void): void {
      fn();
      this.waiting = fn;
    }
    release(): void {
      this.waiting?.();
    }
  }
  function later(query: (fn: () => void) => void, release: () => void): unknown[] {
    const read: string[] = [];
    setLocal(user, 'ada');
    query(() => {
      read.push(getLocal(user));
      setLocal(user, 'set inside');
    });
    setLocal(user, 'bob');
    release();
    return [...read, getLocal(user)];
  }
  const [pool, bucket, kept] = [new Pool(), new Bucket(), new Kept()];
  const expected = later(
    (fn) => kept.keep(fn),
    () => kept.release(),
  );

  expect(expected).toEqual(['ada', 'bob', 'set inside']);
  for (const one of [pool, bucket]) {
    const seen = later(
      (fn) => one.query(fn),
      () => one.release(),
    );
    expect(seen).toEqual(expected);
  }
});

test('so do a class that is a function, one that has a name from its place, and one of a computed method', () => {
  const name = 'query';
  function Client(this: { kept?: () => void }): void {}
  Client.prototype.query = function (this: { kept?: () => void }, fn: () => void): void {
    this.kept = fn;
  };
  const makeChannel = (): new () => {
    consume(queue: string, fn: () => void): void;
    kept?: () => void;
  } => {
    const Channel = class {
      kept?: () => void;
      consume(_queue: string, fn: () => void): void {
        this.kept = fn;
      }
    };
    return Channel;
  };
  class Connection {
    kept?: () => void;
    [name](fn: () => void): void {
      this.kept = fn;
    }
  }
  const read: string[] = [];
  const note = (): void => void read.push(getLocal(user));
  setLocal(user, 'ada');
  const client = new (Client as unknown as new () => Connection)();
  client.query(note);
  const channel = new (makeChannel())();
  channel.consume('q', note);
  const connection = new Connection();
  connection.query(note);
  setLocal(user, 'bob');
  for (const { kept } of [client, channel, connection]) {
    expect(kept).toBe(note);
    kept!();
  }

  expect(read).toEqual(['bob', 'bob', 'bob']);
});
