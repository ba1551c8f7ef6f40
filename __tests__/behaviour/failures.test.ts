import { getLocal, register, setLocal } from '@throughline/runtime';
import { EventEmitter } from 'node:events';
import { inMicrotask } from '../harness/uncompiled';

const user = register('nobody');

async function fails(name: string): Promise<never> {
  setLocal(user, name);
  await null;
  throw new Error(name);
}
describe('an emitter of failures that is not the process', () => {
  test('is an emitter like any other', async () => {
    const emitter = new EventEmitter();
    const seen: string[] = [];
    await (async () => {
      setLocal(user, 'ada');
      emitter.on('unhandledRejection', () => seen.push(getLocal(user)));
    })();
    const failing = fails('bob');
    await failing.catch(() => {});
    await inMicrotask(() => emitter.emit('unhandledRejection', new Error('x'), failing));

    expect(seen).toEqual(['ada']);
  });
});
