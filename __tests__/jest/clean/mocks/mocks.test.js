const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const { promisify } = require('node:util');

const f = () => {};
const g = function () {};

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Replaces a method; the mock calls through, or does nothing. */
const spied = (object, name) => jest.spyOn(object, name);
const silent = (object, name) => jest.spyOn(object, name).mockImplementation(() => object);

describe('a mock records what was written', () => {
  test.each(['setTimeout', 'setInterval'])('%s', (name) => {
    spied(globalThis, name);
    const handle = name === 'setTimeout' ? setTimeout(f, 10, 'more') : setInterval(f, 10, 'more');
    clearTimeout(handle);
    clearInterval(handle);
    expect(globalThis[name]).toHaveBeenCalledWith(f, 10, 'more');
    expect(globalThis[name].mock.calls[0][0]).toBe(f);
    expect(globalThis[name].mock.lastCall).toEqual([f, 10, 'more']);
  });

  test('several calls, and calls after it was cleared', () => {
    const spy = silent(globalThis, 'setTimeout');
    setTimeout(f, 1);
    setTimeout(g, 2);
    setTimeout(...[f, 3]);
    expect(spy.mock.calls).toEqual([
      [f, 1],
      [g, 2],
      [f, 3],
    ]);
    expect(spy).toHaveBeenNthCalledWith(2, g, 2);
    spy.mockClear();
    setTimeout(g, 4);
    expect(spy.mock.calls).toEqual([[g, 4]]);
    expect(spy.mock.calls).toMatchInlineSnapshot(`
      [
        [
          [Function],
          4,
        ],
      ]
    `);
  });

  test.each(['modern', 'legacy'])('fake timers: %s', (which) => {
    jest.useFakeTimers({ legacyFakeTimers: which === 'legacy' });
    const seen = [];
    const spy = which === 'legacy' ? setTimeout : spied(globalThis, 'setTimeout');
    const callback = () => seen.push('ran');
    setTimeout(callback, 10);
    jest.advanceTimersByTime(10);
    expect(seen).toEqual(['ran']);
    expect(spy).toHaveBeenLastCalledWith(callback, 10);
  });

  test('microtasks and process', () => {
    silent(globalThis, 'queueMicrotask');
    silent(globalThis, 'setImmediate');
    silent(process, 'nextTick');
    silent(process, 'on');
    silent(process, 'once');
    queueMicrotask(f);
    setImmediate(f, 1);
    process.nextTick(f, 2);
    process.on('SIGINT', f);
    process.once('exit', f);
    expect(queueMicrotask).toHaveBeenCalledWith(f);
    expect(setImmediate).toHaveBeenCalledWith(f, 1);
    expect(process.nextTick).toHaveBeenCalledWith(f, 2);
    expect(process.on).toHaveBeenCalledWith('SIGINT', f);
    expect(process.once).toHaveBeenCalledWith('exit', f);
  });

  test('listeners, added and removed', () => {
    for (const emitter of [new EventEmitter(), { on: f, off: f, once: f }]) {
      for (const name of ['on', 'once', 'off']) spied(emitter, name);
      emitter.on('x', f);
      emitter.once('y', g);
      emitter.off('x', f);
      expect(emitter.on).toHaveBeenCalledWith('x', f);
      expect(emitter.once.mock.calls[0][1]).toBe(g);
      expect(emitter.off).toHaveBeenCalledWith('x', f);
    }
    const target = new EventTarget();
    spied(target, 'addEventListener');
    spied(target, 'removeEventListener');
    target.addEventListener('x', f, { once: true });
    target.removeEventListener('x', f);
    expect(target.addEventListener).toHaveBeenCalledWith('x', f, { once: true });
    expect(target.removeEventListener).toHaveBeenCalledWith('x', f);
  });

  test('functions of modules, and methods', () => {
    silent(fs, 'readFile');
    silent(http, 'get');
    const server = http.createServer();
    spied(server, 'close');
    fs.readFile('x', 'utf8', f);
    http.get('http://x.test', f);
    server.close(f);
    expect(fs.readFile).toHaveBeenCalledWith('x', 'utf8', f);
    expect(http.get).toHaveBeenCalledWith('http://x.test', f);
    expect(server.close).toHaveBeenCalledWith(f);
  });

  test('methods of promises and of things like promises', async () => {
    const foreign = { then: jest.fn(), catch: jest.fn(), finally: jest.fn() };
    foreign.then(f, g);
    foreign.catch(f);
    foreign.finally(g);
    expect(foreign.then).toHaveBeenCalledWith(f, g);
    expect(foreign.catch).toHaveBeenCalledWith(f);
    expect(foreign.finally).toHaveBeenCalledWith(g);
    const promise = Promise.resolve(1);
    const then = spied(promise, 'then');
    await promise.then(f);
    expect(then).toHaveBeenCalledWith(f);
  });

  test('constructors', () => {
    const before = globalThis.MutationObserver;
    globalThis.MutationObserver = jest.fn();
    new MutationObserver(f);
    expect(globalThis.MutationObserver).toHaveBeenCalledWith(f);
    globalThis.MutationObserver = before;
  });
});

test('what a mock calls is called as before', async () => {
  spied(globalThis, 'setTimeout');
  expect(await new Promise((resolve) => setTimeout(resolve, 1, 'value'))).toBe('value');
  const read = jest
    .spyOn(fs, 'readFile')
    .mockImplementation((_path, callback) => callback(null, 1));
  expect(await promisify(fs.readFile)('x')).toBe(1);
  const seen = [];
  fs.readFile('x', (error, value) => seen.push(error, value));
  expect(seen).toEqual([null, 1]);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a mock of a mock', () => {
  const inner = jest.fn();
  const emitter = { on: jest.fn((name, listener) => inner(name, listener)) };
  emitter.on('x', f);
  expect(emitter.on).toHaveBeenCalledWith('x', f);
});
