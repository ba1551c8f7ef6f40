import { EventEmitter, once } from 'node:events';
import { bus } from './bus';

function counter() {
  const seen = [];
  const see = (event) => seen.push(event);
  bus.on('event', see);
  return { seen, close: () => bus.removeListener('event', see) };
}

describe('a shared bus', () => {
  let current;

  beforeEach(() => {
    current = counter();
  });
  afterEach(() => {
    current.close();
  });

  test('hears', () => {
    bus.emit('event', 1);
    expect(current.seen).toEqual([1]);
  });

  test('hears once', async () => {
    setImmediate(() => bus.emit('event', 2));
    await once(bus, 'event');
    expect(current.seen).toEqual([2]);
    bus.once('other', () => {});
    bus.emit('other');
  });
});

describe('a bus of its own', () => {
  test('goes with its test', () => {
    const own = new EventEmitter();
    const heard = jest.fn();
    own.on('event', heard);
    own.emit('event');
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('is an event target, with a signal', () => {
    const target = new EventTarget();
    const controller = new AbortController();
    const heard = jest.fn();
    target.addEventListener('event', heard, { signal: controller.signal });
    target.dispatchEvent(new Event('event'));
    controller.abort();
    target.dispatchEvent(new Event('event'));
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('the process', () => {
  const warned = jest.fn();
  beforeAll(() => {
    process.on('warning', warned);
  });
  afterAll(() => {
    process.off('warning', warned);
  });

  test('is quiet', () => {
    expect(warned).not.toHaveBeenCalled();
  });
});
