import { setTimeout as sleep } from 'node:timers/promises';

test('works where there are no weak references', async () => {
  const { WeakRef } = globalThis;
  delete globalThis.WeakRef;
  clearInterval(setInterval(() => {}, 1000));
  await sleep(1);
  globalThis.WeakRef = WeakRef;
  expect(new WeakRef({}).deref()).toEqual({});
});

test('nothing is left to chance', () => {
  Math.random = jest.fn(() => 0);
  expect(Math.random()).toBe(0);
});
