import { AsyncLocalStorage } from '../../../../runtime/src/faces/async-local-storage';
import { construct } from '../harness/construct';
import { equal, throws } from '../harness/equal';
import { timeout } from '../harness/needs';
import { inTurn } from '../harness/uncompiled';
import { fail } from '../slots';

const test = construct('AsyncLocalStorage');

async function late(storage: AsyncLocalStorage<string>): Promise<string | undefined> {
  await null;
  return storage.getStore();
}

test('run holds in the call and in all that it starts', async () => {
  const storage = new AsyncLocalStorage<string>();
  const found = await storage.run('ada', async () => {
    const values = [storage.getStore(), await late(storage)];
    await inTurn(() => {});
    values.push(storage.getStore());
    return values;
  });
  equal(found, ['ada', 'ada', 'ada']);
  equal(storage.getStore(), undefined);
});

test(
  'a timer sees the store of where it was set',
  async () => {
    const storage = new AsyncLocalStorage<string>();
    const found = await new Promise<unknown>((resolve) => {
      storage.run('ada', () => setTimeout(() => resolve(storage.getStore()), 0));
    });
    equal(found, 'ada');
  },
  timeout,
);

test('run goes back when the call throws, and exit has no store', async () => {
  const storage = new AsyncLocalStorage<string>();
  await storage.run('ada', async () => {
    throws(() => storage.run('bob', fail), Error);
    equal(storage.getStore(), 'ada');
    equal(
      storage.exit(() => storage.getStore()),
      undefined,
    );
    equal(await late(storage), 'ada');
  });
});

test('runs side by side do not see each other', async () => {
  const storage = new AsyncLocalStorage<string>();
  const found = await Promise.all([
    storage.run('a', () => late(storage)),
    storage.run('b', () => late(storage)),
  ]);
  equal(found, ['a', 'b']);
});

test('enterWith reaches the caller before the first await, and not after it', async () => {
  const storage = new AsyncLocalStorage<string>();
  const enters = async (): Promise<void> => {
    storage.enterWith('early');
    await null;
    storage.enterWith('late');
  };
  await inTurn(async () => {
    const running = enters();
    equal(storage.getStore(), 'early');
    await running;
    equal(storage.getStore(), 'early');
  });
  equal(storage.getStore(), undefined);
});

test('bind and snapshot keep every store', async () => {
  const storage = new AsyncLocalStorage<string>();
  const [bound, kept] = storage.run('ada', () => [
    AsyncLocalStorage.bind(() => storage.getStore()),
    AsyncLocalStorage.snapshot(),
  ]);
  equal(await inTurn(bound), 'ada');
  equal(
    storage.run('bob', () => kept(() => storage.getStore())),
    'ada',
  );
});

test('what is disabled has no store', () => {
  const storage = new AsyncLocalStorage<string>({ name: 'user', defaultValue: 'nobody' });
  storage.run('ada', () => {
    storage.disable();
    equal(storage.getStore(), 'nobody');
  });
  equal(storage.name, 'user');
});
