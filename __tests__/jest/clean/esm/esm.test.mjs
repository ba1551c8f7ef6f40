import { jest } from '@jest/globals';
import { once, EventEmitter } from 'node:events';
import { double } from './double.mjs';

const later = await Promise.resolve(21);

describe('modules', () => {
  test('wait at the top', async () => {
    expect(await double(later)).toBe(42);
  });

  test('are imported late', async () => {
    const { double: again } = await import('./double.mjs');
    expect(again).toBe(double);
  });

  test('are mocked', async () => {
    jest.unstable_mockModule('./shop.mjs', () => ({ price: async () => 7 }));
    const { price } = await import('./shop.mjs');
    expect(await price()).toBe(7);
  });

  test('emit', async () => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('ready', 1), 1);
    expect(await once(emitter, 'ready')).toEqual([1]);
  });
});
