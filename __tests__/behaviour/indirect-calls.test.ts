/* eslint-disable prefer-rest-params, prefer-spread -- what is tested */
import { getLocal, register, setLocal } from '@throughline/runtime';
import { EventEmitter } from 'node:events';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { inImmediate, inMicrotask } from '../harness/uncompiled';

// Methods that take callbacks, called by `apply` and `call`, as libraries in older syntax do.

const user = register('nobody');
const look = (): string => getLocal(user);

test('a method of Node that gets its arguments by apply keeps their context', async () => {
  const server = createServer();
  const listen = function (this: unknown): unknown {
    // @ts-expect-error -- a list of any arguments
    return server.listen.apply(server, arguments);
  } as (...args: unknown[]) => unknown;
  setLocal(user, 'ada');
  const found = await new Promise((resolve) => {
    listen(0, '127.0.0.1', () => resolve(look()));
    setLocal(user, 'bob');
  });
  server.close();

  expect(found).toBe('ada');
});

test('a callback that is passed by call keeps its context', async () => {
  const stream = new PassThrough();
  setLocal(user, 'ada');
  const found = await new Promise((resolve) => {
    // @ts-expect-error -- the overload that `call` picks has an encoding
    stream.write.call(stream, 'text', () => resolve(look()));
    setLocal(user, 'bob');
  });

  expect(found).toBe('ada');
});

test('a listener, a reaction and what a list holds keep theirs', async () => {
  const emitter = new EventEmitter();
  const read: string[] = [];
  const listener = (): void => void read.push(look());
  setLocal(user, 'ada');
  EventEmitter.prototype.on.call(emitter, 'x', listener);
  emitter.on.apply(emitter, ['y', listener]);
  const settled = Promise.resolve();
  const reaction = Promise.prototype.then.call(settled, look);
  setLocal(user, 'bob');
  await inMicrotask(() => emitter.emit('x'));
  await inMicrotask(() => emitter.emit('y'));

  expect([read, await reaction]).toEqual([['ada', 'ada'], 'ada']);
  emitter.removeListener.call(emitter, 'x', listener);
  expect(emitter.listenerCount('x')).toBe(0);
});

test('other functions get the very call', () => {
  const calls: unknown[] = [];
  const own = {
    on(this: unknown, ...args: unknown[]) {
      calls.push(this, ...args);
      return 'result';
    },
  };
  const self = {};
  const f = (): void => {};

  expect(own.on.call(self, 'x', f)).toBe('result');
  expect(own.on.apply(self, ['x', f])).toBe('result');
  expect(calls).toEqual([self, 'x', f, self, 'x', f]);
  expect(calls[2]).toBe(f);
});

test('an apply of the program is called as it is', () => {
  const seen: unknown[] = [];
  const apply = (...args: unknown[]): number => seen.push(...args);
  const odd = { on: { apply } };
  const list = ['x', look];
  odd.on.apply('self', list);

  expect(seen).toEqual(['self', list]);
});

test('errors are the errors of the engine', () => {
  const none = {} as { on: typeof EventEmitter.prototype.on };
  const list = 1 as never;
  const emitter = new EventEmitter();

  expect(() => none.on.apply(emitter, ['x', look])).toThrow(/reading 'apply'|undefined/);
  expect(() => emitter.on.apply(emitter, list)).toThrow(/CreateListFromArrayLike/);
});

test('nothing is left behind', async () => {
  expect(await inImmediate(look)).toBe('nobody');
});
