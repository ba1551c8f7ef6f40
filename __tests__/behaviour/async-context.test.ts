import { AsyncContext } from '@throughline/runtime/async-context';
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { atNextTick, inMicrotask, sentry, turn } from '../harness/uncompiled';

const user = new AsyncContext.Variable<string>({ name: 'user', defaultValue: 'nobody' });
const read = (): string | undefined => user.get();

/** Ways of Node's to run something later; what they resolve with is what it saw. */
const later: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    'timers/promises',
    async () => {
      await delay(1);
      return read();
    },
  ],
  [
    'a listener that code which was not compiled triggers',
    () => {
      const emitter = new EventEmitter();
      return new Promise((resolve) => {
        emitter.once('x', () => resolve(read()));
        void inMicrotask(() => emitter.emit('x'));
      });
    },
  ],
];

describe.each(later)('%s', (_, start) => {
  test('sees the value of the run that started it', async () => {
    expect(await user.run('ada', start)).toBe('ada');
  });

  test('side by side, each sees its own', async () => {
    const names = ['ada', 'bob', 'cleo'];
    const seen = await Promise.all(names.map((name) => user.run(name, start)));

    expect(seen).toEqual(names);
  });

  test('sees the default value without a run, and code that was not compiled always', async () => {
    const watch = sentry(read);
    expect(await start()).toBe('nobody');
    await user.run('ada', start);
    await turn();

    expect(new Set(watch.stop())).toEqual(new Set(['nobody']));
  });

  test('a snapshot overrules the run around it', async () => {
    const kept = user.run('ada', () => new AsyncContext.Snapshot());

    expect(await user.run('bob', () => kept.run(start))).toBe('ada');
  });
});

test('a listener sees its trigger, and its registration when the platform triggers it', async () => {
  const emitter = new EventEmitter();
  const seen: unknown[] = [];
  user.run('ada', () => emitter.on('x', () => seen.push(user.get())));
  user.run('bob', () => emitter.emit('x'));
  await atNextTick(() => emitter.emit('x'));

  expect(seen).toEqual(['bob', 'ada']);
});
