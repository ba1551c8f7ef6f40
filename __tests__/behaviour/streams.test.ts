import { getLocal, register, setLocal } from '@throughline/runtime';
import * as fs from 'node:fs';
import * as stream from 'node:stream';
import { Duplex, PassThrough, Readable, Transform, Writable } from 'node:stream';
import * as streamPromises from 'node:stream/promises';
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { inImmediate, sentry } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const look = (): string => getLocal(user);
const sink = (): Writable => new Writable({ write: (_chunk, _encoding, callback) => callback() });

type Callback = (...args: unknown[]) => void;

const callbacks: readonly (readonly [string, (callback: Callback) => unknown])[] = [
  ['write(chunk, callback)', (callback) => sink().write('a', callback)],
  ['write(chunk, encoding, callback)', (callback) => sink().write('a', 'utf8', callback)],
  ['end(callback)', (callback) => sink().end(callback)],
  ['end(chunk, callback)', (callback) => sink().end('a', callback)],
  ['end(chunk, encoding, callback)', (callback) => sink().end('a', 'utf8', callback)],
  ['write of a chain', (callback) => [sink()].map((one) => one)[0]!.write('a', callback)],
  [
    'write of an optional chain',
    (callback) => (sink() as Writable | undefined)?.write('a', callback),
  ],
  [
    'finished',
    (callback) => {
      const one = sink();
      stream.finished(one, callback);
      one.end();
    },
  ],
  [
    'finished with options',
    (callback) => {
      const one = sink();
      stream.finished(one, { readable: false }, callback);
      one.end();
    },
  ],
  ['pipeline', (callback) => stream.pipeline(Readable.from(['a']), sink(), callback)],
  [
    'pipeline that fails',
    (callback) =>
      stream.pipeline(
        new Readable({
          read() {
            this.destroy(new Error('boom'));
          },
        }),
        sink(),
        callback,
      ),
  ],
  [
    'Readable, read',
    (callback) => {
      const one = new Readable({
        read() {
          callback();
          this.push(null);
        },
      });
      one.resume();
    },
  ],
  [
    'Writable, write',
    (callback) => {
      const one = new Writable({
        write(_chunk, _encoding, done) {
          callback();
          done();
        },
      });
      // From the platform: nobody's strand.
      Readable.from(['a']).pipe(one);
    },
  ],
  [
    'Transform, transform',
    (callback) => {
      const one = new Transform({
        transform(chunk, _encoding, done) {
          callback();
          done(null, chunk);
        },
      });
      Readable.from(['a']).pipe(one).resume();
    },
  ],
  [
    'Transform, flush',
    (callback) => {
      const one = new Transform({
        transform: (chunk, _encoding, done) => done(null, chunk),
        flush(done) {
          callback();
          done();
        },
      });
      Readable.from(['a']).pipe(one).resume();
    },
  ],
  [
    'Duplex, final, options in a variable',
    (callback) => {
      const how = {
        read(): void {},
        write: (_chunk: unknown, _encoding: unknown, done: () => void) => done(),
        final(done: () => void) {
          callback();
          done();
        },
      };
      Readable.from(['a']).pipe(new Duplex(how));
    },
  ],
  [
    'Readable.from(x).map(f)',
    (callback) => {
      Readable.from(['a'])
        .map(() => void callback())
        .toArray()
        .catch(() => {});
    },
  ],
  [
    'Readable.from(x).forEach(f), kept in a constant',
    (callback) => {
      const source = Readable.from(['a']);
      source.forEach(() => callback()).catch(() => {});
    },
  ],
  [
    'fs.createReadStream(x).map(f)',
    (callback) => {
      fs.createReadStream(__filename)
        .map(() => void callback())
        .toArray()
        .catch(() => {});
    },
  ],
  ['readStream.close(callback)', (callback) => fs.createReadStream(__filename).close(callback)],
  [
    'ReadableStream, pull',
    (callback) => {
      let pulls = 0;
      const one = new ReadableStream(
        {
          async pull(controller) {
            if (++pulls === 1) return controller.enqueue('a');
            callback();
            controller.close();
          },
        },
        { highWaterMark: 0 },
      );
      void (async (): Promise<void> => {
        const reader = one.getReader();
        await inImmediate(() => {});
        await inImmediate(() => reader.read());
        await inImmediate(() => reader.read());
      })();
    },
  ],
  [
    'ReadableStream of node:stream/web, pull',
    (callback) => {
      const one = new NodeReadableStream({
        pull(controller) {
          callback();
          controller.close();
        },
      });
      void one;
    },
  ],
  [
    'WritableStream, write',
    (callback) => {
      const one = new WritableStream({ write: () => callback() });
      void inImmediate(() => one.getWriter().write('a'));
    },
  ],
  [
    'WritableStream, close',
    (callback) => {
      const one = new WritableStream({ close: () => callback() });
      void inImmediate(() => one.getWriter().close());
    },
  ],
  [
    'TransformStream, transform',
    (callback) => {
      const one = new TransformStream({
        transform(chunk, controller) {
          callback();
          controller.enqueue(chunk);
        },
      });
      void inImmediate(() => {
        one.readable
          .getReader()
          .read()
          .catch(() => {});
        one.writable
          .getWriter()
          .write('a')
          .catch(() => {});
      });
    },
  ],
  [
    'PerformanceObserver',
    (callback) => {
      const observer = new PerformanceObserver(() => {
        observer.disconnect();
        callback();
      });
      observer.observe({ entryTypes: ['mark'] });
      void inImmediate(() => performance.mark('here'));
    },
  ],
];

describe.each(callbacks)('%s', (_name, handOver) => {
  test('runs its callback in the frame it was handed over in', async () => {
    setLocal(user, 'ada');
    setLocal(seen, ['mine']);
    const watch = sentry(look);
    const found = await new Promise<unknown[]>((resolve) => {
      setLocal(user, 'cleo');
      handOver(() => {
        resolve([getLocal(user), getLocal(seen)]);
        setLocal(user, 'eve');
        setLocal(seen, ['theirs']);
      });
      setLocal(user, 'bob');
    });

    const leaked = watch.stop();

    expect(found).toEqual(['cleo', ['mine']]);
    expect(getLocal(user)).toBe('bob');
    expect(await inImmediate(look)).toBe('nobody');
    expect(new Set(leaked)).toEqual(new Set(['nobody']));
  });
});

describe('pipeline', () => {
  test('its stages run where it was called, across awaits and yields', async () => {
    setLocal(user, 'ada');
    const found: string[] = [];
    const done = new Promise<void>((resolve, reject) => {
      stream.pipeline(
        async function* () {
          found.push(`source ${getLocal(user)}`);
          yield 'a';
          await null;
          found.push(`source again ${getLocal(user)}`);
          yield 'b';
        },
        async function* (source: AsyncIterable<string>) {
          for await (const part of source) {
            found.push(`stage ${part} ${getLocal(user)}`);
            yield part.toUpperCase();
          }
        },
        async (source: AsyncIterable<string>) => {
          for await (const part of source) found.push(`sink ${part} ${getLocal(user)}`);
        },
        (error) => {
          found.push(`callback ${getLocal(user)}`);
          return error ? reject(error) : resolve();
        },
      );
    });
    setLocal(user, 'bob');
    const watch = sentry(look);
    await done;
    const leaked = watch.stop();

    expect(found).toEqual([
      ...['source ada', 'stage a ada', 'sink A ada', 'source again ada', 'stage b ada'],
      ...['sink B ada', 'callback ada'],
    ]);
    expect(new Set(leaked)).toEqual(new Set(['nobody']));
  });

  test('a stage that is a plain generator runs where it was called', async () => {
    setLocal(user, 'ada');
    const found: string[] = [];
    const done = new Promise<void>((resolve) => {
      stream.pipeline(
        function* () {
          found.push(getLocal(user));
          yield 'a';
          found.push(getLocal(user));
        },
        async (source: AsyncIterable<string>) => {
          for await (const _ of source);
        },
        () => resolve(),
      );
    });
    setLocal(user, 'bob');
    await done;

    expect(found).toEqual(['ada', 'ada']);
  });

  test('stages in a list run where it was called', async () => {
    setLocal(user, 'ada');
    const found: string[] = [];
    const done = new Promise<void>((resolve) => {
      stream.pipeline(
        [
          Readable.from(['a']),
          async function* (source: AsyncIterable<string>) {
            for await (const part of source) {
              found.push(getLocal(user));
              yield part;
            }
          },
          sink(),
        ] as never,
        () => resolve(),
      );
    });
    setLocal(user, 'bob');
    await done;

    expect(found).toEqual(['ada']);
  });

  test('of stream/promises runs its stages where it was called', async () => {
    setLocal(user, 'ada');
    const found: string[] = [];
    const done = streamPromises.pipeline(
      Readable.from(['a', 'b']),
      async function* (source) {
        for await (const part of source) {
          found.push(getLocal(user));
          yield part as string;
        }
      },
      sink(),
    );
    setLocal(user, 'bob');
    await done;

    expect(found).toEqual(['ada', 'ada']);
    expect(getLocal(user)).toBe('bob');
  });

  test('a stage that throws is its error, and its source is closed where it was called', async () => {
    setLocal(user, 'ada');
    const found: string[] = [];
    const outcome = streamPromises.pipeline(
      async function* () {
        try {
          yield 'a';
          yield 'b';
        } finally {
          found.push(`closed ${getLocal(user)}`);
        }
      },
      async function* (source: AsyncIterable<string>) {
        for await (const part of source) {
          if (part === 'a') throw new Error(`boom ${getLocal(user)}`);
          yield part;
        }
      },
      sink(),
    );
    setLocal(user, 'bob');

    await expect(outcome).rejects.toThrow('boom ada');
    expect(found).toEqual(['closed ada']);
    expect(await inImmediate(look)).toBe('nobody');
  });

  test('streams as stages are the streams that were given', async () => {
    const through = new PassThrough();
    const result = await new Promise<unknown>((resolve) => {
      const last = stream.pipeline(Readable.from(['a']), through, () => resolve(last));
      through.resume();
    });

    expect(result).toBe(through);
  });
});

test('the functions of a stream see their own stream', async () => {
  const receivers: unknown[] = [];
  const how = {
    highWaterMark: 3,
    read(this: Readable): void {
      receivers.push(this);
      this.push(null);
    },
  };
  const one = new Readable(how);
  one.resume();
  await new Promise((resolve) => one.on('close', resolve));

  expect(receivers).toEqual([one]);
  expect(one.readableHighWaterMark).toBe(3);
  expect(how.read.name).toBe('read');
});

test('the functions of a web stream see their own source, also a frozen one and one with private members', async () => {
  class Source {
    #left = 2;
    pull(controller: ReadableStreamDefaultController): void {
      if (this.#left-- > 0) controller.enqueue(this.#left);
      else controller.close();
    }
  }
  const frozen = Object.freeze({
    start(this: unknown, controller: ReadableStreamDefaultController) {
      controller.enqueue(this === frozen);
      controller.close();
    },
  });
  const all = async (source: ReadableStream): Promise<unknown[]> => {
    const parts = [];
    for await (const part of source as unknown as AsyncIterable<unknown>) parts.push(part);
    return parts;
  };

  expect(await all(new ReadableStream(new Source()))).toEqual([1, 0]);
  expect(await all(new ReadableStream(frozen))).toEqual([true]);
});

test('write in a strand calls the function of a stream in that strand', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  const one = new Writable({
    write(_chunk, _encoding, done) {
      found.push(getLocal(user));
      done();
    },
  });
  setLocal(user, 'bob');
  one.write('a');
  await inImmediate(() => one.write('a'));

  expect(found).toEqual(['bob', 'ada']);
});

test('a write that somebody else defines gets what it is handed', () => {
  class Own {
    got: unknown[] = [];
    write(...args: unknown[]): void {
      this.got = args;
    }
  }
  class Other extends Writable {
    got: unknown[] = [];
    override write(...args: unknown[]): boolean {
      this.got = args;
      return true;
    }
  }
  const callback = (): void => {};
  const own = new Own();
  own.write('a', callback);
  const other = new Other();
  other.write('a', callback);

  expect(own.got[1]).toBe(callback);
  expect(other.got[1]).toBe(callback);
});
