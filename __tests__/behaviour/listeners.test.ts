import { getLocal, register, setLocal } from '@throughline/runtime';
import { EventEmitter, getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { addPlainListener, call, inImmediate, inMicrotask } from '../harness/uncompiled';
import * as library from '../harness/uncompiled-library';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const record = register<{ name: string }>(() => ({ name: '' }));

interface Kind {
  make(): object;
  add(source: object, listener: () => void): void;
  fire(source: object): void;
}
const emitter: Kind = {
  make: () => new EventEmitter(),
  add: (source, listener) => void (source as EventEmitter).on('x', listener),
  fire: (source) => void (source as EventEmitter).emit('x'),
};
const emitterOnce: Kind = {
  ...emitter,
  add: (source, listener) => void (source as EventEmitter).once('x', listener),
};
const emitterPrepend: Kind = {
  ...emitter,
  add: (source, listener) => void (source as EventEmitter).prependListener('x', listener),
};

describe.each([
  ['EventEmitter.on', emitter],
  ['EventEmitter.once', emitterOnce],
  ['EventEmitter.prependListener', emitterPrepend],
])('%s', (_name, { make, add, fire }) => {
  /** A source whose listener was added by a strand whose user is `name`. */
  const addedBy = async (name: string, listener: () => void): Promise<object> => {
    const source = make();
    setLocal(user, name);
    setLocal(seen, [`registered by ${name}`]);
    add(source, listener);
    return source;
  };

  test('a trigger inside a strand gives its frame', async () => {
    const read: unknown[] = [];
    let source: object = {};
    await addedBy('ada', () => read.push(getLocal(user), getLocal(seen))).then(
      (made) => (source = made),
    );
    const trigger = async (): Promise<void> => {
      await null;
      setLocal(user, 'bob');
      setLocal(seen, ['triggered']);
      fire(source);
    };
    await trigger();

    expect(read).toEqual(['bob', ['triggered', 'registered by ada']]);
  });

  test('a trigger inside a strand that set nothing gives its frame', async () => {
    const read: unknown[] = [];
    const source = await inImmediate(() => addedBy('ada', () => read.push(getLocal(user))));
    await inImmediate(async () => fire(source));

    expect(read).toEqual(['nobody']);
  });

  test('a trigger by uncompiled code that a strand calls gives the frame of the strand', async () => {
    const read: unknown[] = [];
    const source = await addedBy('ada', () => read.push(getLocal(user)));
    setLocal(user, 'bob');
    call(() => fire(source));

    expect(read).toEqual(['bob']);
  });

  test('a trigger by uncompiled code or the platform gives the frame of the registration', async () => {
    const read: unknown[] = [];
    setLocal(user, 'bob');
    const source = await addedBy('ada', () => read.push(getLocal(user), getLocal(seen)));
    await inMicrotask(() => fire(source));

    expect(read).toEqual(['ada', ['registered by ada']]);
  });

  test('a trigger by uncompiled code that read a record gives the frame of the registration', async () => {
    const read: unknown[] = [];
    const source = await addedBy('ada', () => read.push(getLocal(user)));
    await inMicrotask(() => {
      getLocal(record);
      call(() => fire(source));
    });

    expect(read).toEqual(['ada']);
  });

  test('what a listener sets is seen by nobody else', async () => {
    const read: string[] = [];
    const source = make();
    setLocal(user, 'ada');
    add(source, () => setLocal(user, 'eve'));
    add(source, () => read.push(getLocal(user)));
    add(source, () => setLocal(user, 'mallory'));
    fire(source);

    expect(read).toEqual(['ada']);
    expect(getLocal(user)).toBe('ada');
  });
});

test('an emitter listener that throws leaves the frame of the trigger', async () => {
  const source = new EventEmitter();
  setLocal(user, 'ada');
  source.on('x', () => {
    setLocal(user, 'eve');
    throw new Error('boom');
  });

  expect(() => source.emit('x')).toThrow('boom');
  expect(getLocal(user)).toBe('ada');
  const after = await inMicrotask(() => {
    try {
      source.emit('x');
    } catch {
      // The frame is read below.
    }
    return getLocal(user);
  });
  expect(after).toBe('nobody');
});

test('an async listener is a branch of its trigger', async () => {
  const source = new EventEmitter();
  const read: string[] = [];
  const done = new Promise<void>((resolve) => {
    source.on('x', async () => {
      await null;
      read.push(getLocal(user));
      setLocal(user, 'eve');
      resolve();
    });
  });
  setLocal(user, 'ada');
  source.emit('x');
  await done;

  expect(read).toEqual(['ada']);
  expect(getLocal(user)).toBe('ada');
});

test('optional calls register listeners too', async () => {
  const read: string[] = [];
  const source = new EventEmitter() as EventEmitter | undefined;
  const target = new EventTarget() as EventTarget | undefined;
  setLocal(user, 'ada');
  source?.on('x', () => read.push(getLocal(user)));
  target?.addEventListener('x', () => read.push(getLocal(user)));
  await inMicrotask(() => source!.emit('x'));
  await inMicrotask(() => target!.dispatchEvent(new Event('x')));

  expect(read).toEqual(['ada', 'ada']);
});

test('a subclass that registers through super is reached', async () => {
  class Own extends EventEmitter {
    override on(name: string, listener: () => void): this {
      return super.on(name, listener);
    }
  }
  const read: string[] = [];
  const source = new Own();
  setLocal(user, 'ada');
  source.on('x', () => read.push(getLocal(user)));
  await inMicrotask(() => source.emit('x'));

  expect(read).toEqual(['ada']);
});

test('listeners are removed with the function that was given', () => {
  const source = new EventEmitter();
  const heard: string[] = [];
  const listener = (): void => void heard.push('x');
  source.on('x', listener);
  source.once('x', listener);
  source.prependOnceListener('x', listener);

  expect(source.listeners('x')).toEqual([listener, listener, listener]);
  expect(source.listenerCount('x', listener)).toBe(3);
  source.off('x', listener);
  source.removeListener('x', listener);
  source.off('x', listener);
  source.emit('x');
  expect(heard).toEqual([]);

  source.on('x', listener);
  call(() => source.off('x', listener));
  source.emit('x');
  expect(heard).toEqual([]);
});

test('once fires once, also when it fires again from inside', () => {
  const source = new EventEmitter();
  let fired = 0;
  source.once('x', () => {
    fired++;
    source.emit('x');
  });
  source.emit('x');

  expect(fired).toBe(1);
  expect(source.listenerCount('x')).toBe(0);
});

test('an abort signal tells in the frame of who aborts, or of who listens', async () => {
  const read: string[] = [];
  const listen = async (signal: AbortSignal): Promise<void> => {
    setLocal(user, 'listener');
    signal.addEventListener('abort', () => read.push(getLocal(user)));
  };
  const inside = new AbortController();
  await listen(inside.signal);
  setLocal(user, 'aborter');
  inside.abort();
  const outside = new AbortController();
  await listen(outside.signal);
  await inImmediate(() => outside.abort());

  expect(read).toEqual(['aborter', 'listener']);
});

test('a stream that the platform drives calls in the frame of the registration', async () => {
  setLocal(user, 'ada');
  const read: string[] = [];
  const stream = Readable.from(['a', 'b']);
  await new Promise<void>((resolve) => {
    stream.on('data', () => read.push(getLocal(user)));
    stream.on('end', () => {
      read.push(getLocal(user));
      resolve();
    });
    setLocal(user, 'bob');
  });

  expect(read).toEqual(['ada', 'ada', 'ada']);
});

test('a listener of code that was not compiled sees the frame of the trigger, or root', async () => {
  const source = new EventEmitter();
  const read: string[] = [];
  setLocal(user, 'ada');
  addPlainListener(source, 'x', () => read.push(getLocal(user)));
  source.emit('x');
  await inImmediate(() => source.emit('x'));

  expect(read).toEqual(['ada', 'nobody']);
});

describe('an emitter whose methods a tool has replaced, which finds listeners by identity', () => {
  // As OpenTelemetry's context manager does in `bind(context, emitter)`.
  const patched = (): EventEmitter => library.patchEmitter(new EventEmitter());

  test.each(['off', 'removeListener'] as const)('%s takes off what on has added', (remove) => {
    const emitter = patched();
    let calls = 0;
    const listener = (): void => void calls++;
    setLocal(user, 'ada');
    emitter.on('x', listener);
    emitter.addListener('x', listener);
    emitter.emit('x');
    for (let i = 0; i < 2; i++) {
      if (remove === 'off') emitter.off('x', listener);
      else emitter.removeListener('x', listener);
    }
    emitter.emit('x');

    expect([calls, emitter.listenerCount('x')]).toEqual([2, 0]);
  });

  test('a listener sees its registration, and one that was never added is left alone', async () => {
    const emitter = patched();
    const read: string[] = [];
    setLocal(user, 'ada');
    emitter.on('x', () => read.push(getLocal(user)));
    emitter.off('x', () => {});
    await inMicrotask(() => emitter.emit('x'));

    expect([read, emitter.listenerCount('x')]).toEqual([['ada'], 1]);
  });
});

describe('a program that looks at its listeners', () => {
  const once = (): void => {};
  const always = (): void => {};

  test('rawListeners shows the wrappers of once, and no others', () => {
    const emitter = new EventEmitter();
    emitter.on('order', always).once('order', once);
    const [first, second] = emitter.rawListeners('order') as { listener?: unknown }[];

    expect(first).toBe(always);
    expect(second).not.toBe(once);
    expect(second!.listener).toBe(once);
    emitter.emit('order');
    expect(emitter.rawListeners('order')).toEqual([always]);
  });

  test('getEventListeners shows the listeners of an emitter and of a target', () => {
    const emitter = new EventEmitter().on('order', always);
    const target = new EventTarget();
    const object = { handleEvent: always };
    target.addEventListener('order', always);
    target.addEventListener('order', object);

    expect(getEventListeners(emitter, 'order')).toEqual([always]);
    expect(getEventListeners(target, 'order')[0]).toBe(always);
    expect(getEventListeners(target, 'order')[1]).toBe(object);
  });
});
