/* eslint-disable @typescript-eslint/no-explicit-any -- stand-ins are as loose as what they stand for */
import { getLocal, register, setLocal } from '@throughline/runtime';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Callback = (...args: any[]) => any;

// Stand-ins for libraries that are not compiled: the plugin leaves a mock's factory as it is written.
jest.mock(
  'stand-ins',
  () => {
    /** Calls back where no strand is running. */
    const later = (fn: Callback, ...args: unknown[]): unknown => setImmediate(() => fn(...args));
    const lastOf = (args: unknown[]): Callback =>
      args.findLast((one) => one !== undefined) as never;
    class Caller {
      handed: unknown[] = [];
      hand(args: unknown[], ...given: unknown[]): this {
        this.handed = args;
        const callback = lastOf(args);
        later(() => callback.apply(this, given));
        return this;
      }
      query(...args: unknown[]): this {
        return this.hand(args, null, 'rows');
      }
      connect(...args: unknown[]): this {
        return this.hand(args, null, this);
      }
    }
    class Client extends Caller {}
    class Pool extends Caller {
      getConnection(...args: unknown[]): this {
        return this.hand(args, null, this);
      }
    }
    class BoundPool extends Pool {}
    class BaseConnection extends Caller {
      execute(...args: unknown[]): this {
        return this.hand(args, null, 'rows');
      }
      beginTransaction(...args: unknown[]): this {
        return this.hand(args, null);
      }
      commit(...args: unknown[]): this {
        return this.hand(args, null);
      }
      rollback(...args: unknown[]): this {
        return this.hand(args, null);
      }
    }
    class Connection extends BaseConnection {}
    class Database extends Caller {
      run(...args: unknown[]): this {
        return this.hand(args, null);
      }
      get(...args: unknown[]): this {
        return this.hand(args, null, {});
      }
      all(...args: unknown[]): this {
        return this.hand(args, null, []);
      }
      exec(...args: unknown[]): this {
        return this.hand(args, null);
      }
      close(...args: unknown[]): this {
        return this.hand(args, null);
      }
      each(_sql: string, row: Callback, done: Callback): this {
        this.handed = [row, done];
        later(row, null, {});
        later(done, null, 1);
        return this;
      }
    }
    class Queue {
      handed: unknown[] = [];
      private last: Promise<unknown> = Promise.resolve();
      add(fn: Callback): Promise<unknown> {
        this.handed = [fn];
        const done = this.last.then(() => new Promise(setImmediate)).then(() => fn());
        this.last = done.catch(() => {});
        return done;
      }
    }
    class PQueue extends Queue {
      addAll(all: Callback[]): Promise<unknown[]> {
        return Promise.all(all.map((fn) => this.add(fn)));
      }
    }
    class Bottleneck {
      private readonly queue = new Queue();
      schedule(...args: any[]): Promise<unknown> {
        const at = args.findIndex((one) => typeof one === 'function');
        return this.queue.add(() => args[at](...args.slice(at + 1)));
      }
      submit(fn: Callback, ...args: any[]): void {
        const done = args.pop() as Callback;
        void this.queue.add(() => fn(...args, (...given: unknown[]) => later(done, ...given)));
      }
    }
    class Observable {
      subscribe(observer: any, ...more: any[]): unknown {
        const to =
          typeof observer === 'function' ? { next: observer, complete: more[1] } : observer;
        later(() => {
          to.next(1);
          to.complete?.();
        });
        return {};
      }
    }
    class Subject extends Observable {}
    class Channel {
      consume(_queue: string, onMessage: Callback): Promise<object> {
        later(onMessage, { content: 'message' });
        return Promise.resolve({ consumerTag: 'tag' });
      }
    }
    class ConfirmChannel extends Channel {}
    /** Has every name, and calls at once. */
    class Foreign {
      handed: unknown[] = [];
    }
    const names = [
      ...['query', 'execute', 'connect', 'run', 'all', 'each', 'exec', 'add', 'schedule', 'submit'],
      ...['subscribe', 'consume', 'commit', 'getConnection'],
    ];
    for (const name of names) {
      Object.defineProperty(Foreign.prototype, name, {
        value(this: Foreign, ...args: unknown[]) {
          this.handed = args;
        },
      });
    }
    /** A query that runs when it is awaited, as those of knex do. */
    const table = (): unknown => ({
      then: (resolve: Callback, reject: Callback) =>
        new Promise((done) => later(done, ['row'])).then(resolve, reject),
    });
    return {
      ...{ Client, Pool, BoundPool, Connection, Database, PQueue, Bottleneck, Observable, Subject },
      ...{ Channel, ConfirmChannel, Foreign, table },
    };
  },
  { virtual: true },
);
jest.mock(
  'dataloader',
  () =>
    class DataLoader {
      private waiting: { key: unknown; done: Callback }[] = [];
      private readonly batch: Callback;
      constructor(batch: Callback) {
        this.batch = batch;
      }
      load(key: unknown): Promise<unknown> {
        if (this.waiting.length === 0) {
          setImmediate(async () => {
            const all = this.waiting.splice(0);
            const values = (await this.batch(all.map((one) => one.key))) as unknown[];
            all.forEach(({ done }, index) => done(values[index]));
          });
        }
        return new Promise((done) => this.waiting.push({ key, done }));
      }
    },
  { virtual: true },
);
jest.mock(
  'p-limit',
  () => () => {
    let last: Promise<unknown> = Promise.resolve();
    return (fn: Callback, ...args: unknown[]) =>
      (last = last.then(() => new Promise(setImmediate)).then(() => fn(...args)));
  },
  { virtual: true },
);
jest.mock(
  'body-parser',
  () => ({
    text: () =>
      function textParser(req: IncomingMessage & { body?: string }, _res: unknown, next: Callback) {
        let body = '';
        req.on('data', (part) => (body += String(part)));
        // A turn of its own, as a socket's end is.
        req.on('end', () => setImmediate(() => next(((req.body = body), undefined))));
      },
  }),
  { virtual: true },
);
jest.mock(
  'async',
  () => {
    const later = (fn: Callback, ...args: unknown[]): unknown => setImmediate(() => fn(...args));
    return {
      map(items: unknown[], each: Callback, done: Callback) {
        const results: unknown[] = [];
        const next = (index: number): void => {
          if (index === items.length) return void later(done, null, results);
          later(each, items[index], (_error: unknown, result: unknown) => {
            results.push(result);
            next(index + 1);
          });
        };
        next(0);
      },
      series(tasks: Callback[], done: Callback) {
        const next = (index: number): void => {
          const task = tasks[index];
          if (task === undefined) return void later(done, null);
          later(task, () => next(index + 1));
        };
        next(0);
      },
    };
  },
  { virtual: true },
);

const classes = require('stand-ins') as Record<string, new () => any> & { table: () => any };
const { Bottleneck, Channel, ConfirmChannel, Foreign, Observable, PQueue, Subject } = classes;
const DataLoader = require('dataloader') as new (batch: Callback) => any;
const pLimit = require('p-limit') as (n: number) => Callback;
const bodyParser = require('body-parser') as { text(): Callback };
const flow = require('async') as Record<'map' | 'series', Callback>;

const user = register('nobody');
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Runs work in two strands at once, and gives what each of them saw. */
async function asTwo(work: (look: () => void) => Promise<unknown>): Promise<unknown[]> {
  return Promise.all(
    ['ada', 'bob'].map(async (name) => {
      const seen: string[] = [];
      setLocal(user, name);
      await work(() => seen.push(getLocal(user)));
      seen.push(getLocal(user));
      return [...new Set(seen)].join();
    }),
  );
}
const kept = ['ada', 'bob'];

afterEach(() => expect(getLocal(user)).toBe('nobody'));

/** Each calls its callback from a turn of its own. */
const calls: readonly (readonly [string, string, (object: any, callback: Callback) => unknown])[] =
  [
    ['Client', 'query', (object, callback) => object.query('select', [], callback)],
    [
      'Client',
      'query, undefined behind',
      (object, callback) => object.query('x', callback, undefined),
    ],
    ['Client', 'connect', (object, callback) => object.connect(callback)],
    ['Pool', 'query', (object, callback) => object.query('select', callback)],
    ['Pool', 'connect', (object, callback) => object.connect(callback)],
    ['Pool', 'getConnection', (object, callback) => object.getConnection(callback)],
    ['BoundPool', 'query', (object, callback) => object.query('select', callback)],
    ['Connection', 'query', (object, callback) => object.query({ sql: 'select' }, callback)],
    ['Connection', 'optional query', (object, callback) => object?.query?.('select', callback)],
    ['Connection', 'execute', (object, callback) => object.execute('select', [], callback)],
    ['Connection', 'beginTransaction', (object, callback) => object.beginTransaction(callback)],
    ['Connection', 'commit', (object, callback) => object.commit(callback)],
    ['Connection', 'rollback', (object, callback) => object.rollback(callback)],
    ['Database', 'run', (object, callback) => object.run('insert', 1, callback)],
    ['Database', 'get', (object, callback) => object.get('select', callback)],
    ['Database', 'all', (object, callback) => object.all('select', callback)],
    ['Database', 'exec', (object, callback) => object.exec('select', callback)],
    ['Database', 'close', (object, callback) => object.close(callback)],
  ];

describe.each(calls)('%s: %s', (name, _method, call) => {
  test('the callback sees the slots of the call', async () => {
    const object = new classes[name]!();

    expect(
      await asTwo((look) => new Promise((done) => void call(object, () => done(look())))),
    ).toEqual(kept);
  });

  test('the callback keeps its looks, its receiver, and what it is given', async () => {
    const object = new classes[name]!();
    const given = await new Promise<unknown[]>((done) => {
      function callback(this: unknown, error: unknown, ...more: unknown[]): void {
        done([this === object, error, more.length]);
      }
      // Socket.IO, for one, notes on a callback what it is to be given.
      call(object, Object.assign(callback, { noted: 'own' }));
      const [stood] = object.handed.filter((one: unknown) => typeof one === 'function');
      expect([stood.name, stood.length, stood.noted]).toEqual(['callback', 1, 'own']);
    });

    expect(given.slice(0, 2)).toEqual([true, null]);
  });
});

test('sqlite3: each row and the end see the slots of the call', async () => {
  const database = new classes['Database']!();

  expect(
    await asTwo((look) => new Promise((done) => database.each('x', look, () => done(look())))),
  ).toEqual(kept);
});

test.each([
  ...['query', 'execute', 'connect', 'run', 'all', 'each', 'exec', 'add', 'schedule', 'submit'],
  ...['subscribe', 'consume', 'commit', 'getConnection'],
])('a class of another name gets the very function it was given: %s', (name) => {
  const object = new Foreign!() as Record<string, Callback> & { handed: unknown[] };
  const callback = (): void => {};
  const all: Record<string, () => unknown> = {
    query: () => object['query']!('x', callback),
    execute: () => object['execute']!('x', callback),
    connect: () => object['connect']!('x', callback),
    run: () => object['run']!('x', callback),
    all: () => object['all']!('x', callback),
    each: () => object['each']!('x', callback),
    exec: () => object['exec']!('x', callback),
    add: () => object['add']!('x', callback),
    schedule: () => object['schedule']!('x', callback),
    submit: () => object['submit']!('x', callback),
    subscribe: () => object['subscribe']!('x', callback),
    consume: () => object['consume']!('x', callback),
    commit: () => object['commit']!('x', callback),
    getConnection: () => object['getConnection']!('x', callback),
  };
  all[name]!();

  expect(object.handed[1]).toBe(callback);
});

test('dataloader: a batch sees the slots of whoever made the loader', async () => {
  expect(
    await asTwo(async (look) => {
      const loader = new DataLoader(async (keys: number[]) => {
        look();
        await turn();
        look();
        return keys.map((key) => key * 2);
      });
      expect(await Promise.all([loader.load(1), loader.load(2)])).toEqual([2, 4]);
    }),
  ).toEqual(kept);
});

test('p-limit: what waits its turn sees the slots of whoever queued it', async () => {
  const limit = pLimit(1);
  const work = async (look: () => void, value: number): Promise<number> => {
    look();
    await turn();
    look();
    return value;
  };

  expect(
    await asTwo(async (look) => {
      const both = [limit(() => work(look, 1)), limit(work, look, 2)];
      expect(await Promise.all(both)).toEqual([1, 2]);
    }),
  ).toEqual(kept);
});

test('p-queue: add and addAll run where they were called', async () => {
  const queue = new PQueue!();

  expect(
    await asTwo((look) =>
      Promise.all([
        queue.add(() => look()),
        queue.add(async () => (await turn(), look())),
        queue.addAll([() => look(), async () => look()]),
      ]),
    ),
  ).toEqual(kept);
});

test('p-queue: a task that a caller hands over runs where it was added', async () => {
  const queue = new PQueue!();
  const add = (task: Callback): Promise<unknown> => queue.add(task);

  expect(await asTwo((look) => add(look))).toEqual(kept);
});

test('bottleneck: a job sees the slots of whoever scheduled it, with arguments or without', async () => {
  const limiter = new Bottleneck!();
  const job = async (look: () => void, n: number): Promise<number> => (look(), await turn(), n);

  expect(
    await asTwo(async (look) => {
      expect(await limiter.schedule(() => job(look, 1))).toBe(1);
      expect(await limiter.schedule({ priority: 1 }, () => job(look, 2))).toBe(2);
    }),
  ).toEqual(kept);
  expect(
    await asTwo(async (look) => {
      const named = (n: number): Promise<number> => job(look, n);
      expect(await limiter.schedule(named, 3)).toBe(3);
      expect(await limiter.schedule({ priority: 1 }, named, 4)).toBe(4);
    }),
  ).toEqual(kept);
});

test('bottleneck: both functions of submit see the slots of the call', async () => {
  const limiter = new Bottleneck!();

  expect(
    await asTwo(
      (look) =>
        new Promise((done) => {
          const job = (n: number, callback: Callback): void => (look(), callback(null, n));
          limiter.submit(job, 1, (_error: unknown, n: number) => done((look(), n)));
        }),
    ),
  ).toEqual(kept);
});

describe.each(['Observable', 'Subject'])('rxjs: %s.subscribe', (name) => {
  const source = new { Observable: Observable!, Subject: Subject! }[name]!();
  class Observer {
    #count = 0;
    constructor(
      private readonly look: () => void,
      private readonly done: () => void,
    ) {}
    next(): void {
      this.#count++;
      this.look();
    }
    complete(): void {
      this.look();
      if (this.#count === 1) this.done();
    }
  }

  test.each<[string, (look: () => void, done: () => void) => unknown]>([
    ['a function', (look, done) => source.subscribe(() => (look(), done()))],
    ['functions', (look, done) => source.subscribe(look, null, () => (look(), done()))],
    [
      'an observer',
      (look, done) => source.subscribe({ next: () => look(), complete: () => (look(), done()) }),
    ],
    ['an instance of a class', (look, done) => source.subscribe(new Observer(look, done))],
    [
      'an observer by name',
      (look, done) => {
        const observer = new Observer(look, done);
        source.subscribe(observer);
      },
    ],
  ])('%s sees the slots of the call', async (_what, subscribe) => {
    expect(await asTwo((look) => new Promise<void>((done) => void subscribe(look, done)))).toEqual(
      kept,
    );
  });
});

test.each([
  ['Channel', Channel],
  ['ConfirmChannel', ConfirmChannel],
])('amqplib: %s.consume hands messages on with the slots of the call', async (_name, Class) => {
  const channel = new Class!();

  expect(
    await asTwo(
      (look) =>
        new Promise((done) => {
          const onMessage = async (message: { content: string }): Promise<void> => {
            look();
            await turn();
            look();
            done(message);
          };
          void channel.consume('prices', onMessage, { noAck: true });
        }),
    ),
  ).toEqual(kept);
});

test('async: steps and the end see the slots of the call', async () => {
  expect(
    await asTwo(
      (look) =>
        new Promise((done) => {
          const each = (item: number, callback: Callback): void => (look(), callback(null, item));
          flow.map([1, 2], each, (_error: unknown, all: number[]) => {
            look();
            expect(all).toEqual([1, 2]);
            done(all);
          });
        }),
    ),
  ).toEqual(kept);
});

test('async: steps in a list see the slots of the call', async () => {
  expect(
    await asTwo(
      (look) =>
        new Promise<void>((done) => {
          const step = (callback: Callback): void => (look(), callback(null));
          flow.series([step, (callback: Callback) => step(callback)], () => (look(), done()));
        }),
    ),
  ).toEqual(kept);
});

test('knex: a query that runs when it is awaited leaves the slots as they are', async () => {
  expect(
    await asTwo(async (look) => {
      expect(await classes.table()).toEqual(['row']);
      look();
      await classes.table().then(look);
    }),
  ).toEqual(kept);
});

test('body-parser: what follows sees the slots of the request', async () => {
  const parse = bodyParser.text();
  expect([parse.name, parse.length]).toEqual(['textParser', 3]);
  const server = createServer((req: IncomingMessage & { body?: string }, res: ServerResponse) => {
    setLocal(user, req.headers['user'] as string);
    parse(req, res, async () => {
      const first = getLocal(user);
      await turn();
      res.end(JSON.stringify([first, getLocal(user), req.body]));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const asked = ['ada', 'bob'].map(async (name) => {
    const body = `body of ${name}`;
    const init = { method: 'POST', headers: { user: name }, body };
    const answer = await fetch(`http://127.0.0.1:${port}/`, init);
    return (await answer.json()) as unknown;
  });
  const answers = await Promise.all(asked);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));

  expect(answers).toEqual([
    ['ada', 'ada', 'body of ada'],
    ['bob', 'bob', 'body of bob'],
  ]);
});
